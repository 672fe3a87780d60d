"""Render heads with exact poses: a data set to train on that needs no download."""

import argparse

from .data import convert


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the converter `synth`."""
    from mmfsa.datasets.converters import load_converter

    load_converter('synth').add_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Render the heads."""
    from mmfsa.datasets.converters import load_converter

    return convert(load_converter('synth').run, args)
