"""AFLW2000-3D: a folder of imageNNNNN.jpg, each with its .mat.

An entry has three boxes: `face_box` around the landmarks that are seen (`pt2d`), as the
authors of FSA-Net cut it; `landmarks68` around all 68 (`pt3d_68`); and `pt2d_raw` around
all values of `pt2d`, the −1 of landmarks that are not seen included, as Hopenet's authors
cut it.
"""

import argparse
from pathlib import Path

import numpy as np

from . import landmark_mats
from .engine import add_output, add_source


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of :func:`run`."""
    add_source(parser, 'folder of the images')
    add_output(parser, 'aflw2000')


def run(args: argparse.Namespace) -> None:
    """Write the index.

    Args:
        args: ``src``, ``out`` and ``workers``.
    """
    landmark_mats.convert(args, 'AFLW2000', read, *landmark_mats.find(args.src))


def read(name: str, src: Path) -> dict:
    """The index entry of one image.

    Args:
        name: The image, relative to ``src``.
        src: The folder of the data set.

    Raises:
        ItemError: The image can't be used.
    """
    entry, mat, _ = landmark_mats.read(name, src)
    raw = np.asarray(mat['pt2d'], np.float64).T
    entry['boxes'] = landmark_mats.box_of(raw, 'pt2d_raw')
    points = np.asarray(mat.get('pt3d_68', np.empty((0, 0))), np.float64)[:2].T
    if landmark_mats.is_whole_set(points):
        entry['boxes'] |= landmark_mats.box_of(points)
        entry['landmarks'] = points.round(2).tolist()
    return entry
