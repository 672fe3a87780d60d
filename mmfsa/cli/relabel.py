"""Label the faces of a data set with what trained models see in them."""

import argparse

from .data import convert


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the converter `relabel`."""
    from mmfsa.datasets.converters import load_converter

    load_converter('relabel').add_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Write the index with the new labels."""
    from mmfsa.datasets.converters import load_converter

    return convert(load_converter('relabel').run, args)
