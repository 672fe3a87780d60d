"""300W-LP: folders AFW, AFW_Flip, HELEN, …, of NAME.jpg with its NAME.mat.

`sequence` is the photograph: its renderings, mirrored or not, show one person.

An entry has two boxes: `face_box` around the landmarks `pt2d`, as the authors of FSA-Net
cut it, and `landmarks68`. The folder `landmarks` of the data set has 68 landmarks of each
rendering; `landmarks68` is their box. Without the folder, the box is that of `pt2d`.
Mind that `pt2d` are landmarks of the photograph: they do not turn with its renderings.
"""

import argparse
from pathlib import Path

import numpy as np

from . import landmark_mats
from .engine import add_output, add_source

FLIP = '_Flip'
FOLDERS = [
    f'{name}{flip}' for name in ('AFW', 'HELEN', 'IBUG', 'LFPW') for flip in ('', FLIP)
]
# The landmark that each of iBUG's 68 becomes in the mirror.
MIRRORED = [
    *range(16, -1, -1),  # jaw
    *range(26, 16, -1),  # brows
    *range(27, 31),  # bridge of the nose
    *range(35, 30, -1),  # its wings
    *(45, 44, 43, 42, 47, 46, 39, 38, 37, 36, 41, 40),  # eyes
    *(54, 53, 52, 51, 50, 49, 48, 59, 58, 57, 56, 55),  # outer lips
    *(64, 63, 62, 61, 60, 67, 66, 65),  # inner lips
]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of :func:`run`."""
    add_source(parser, 'folder of AFW, AFW_Flip, …')
    add_output(parser, '300wlp')


def run(args: argparse.Namespace) -> None:
    """Write the index.

    Args:
        args: ``src``, ``out`` and ``workers``.

    Raises:
        ValueError: ``src`` has none of the folders.
    """
    folders = [name for name in FOLDERS if (args.src / name).is_dir()]
    if not folders:
        raise ValueError(f'{args.src} has none of the folders {", ".join(FOLDERS)}')
    items, dropped = {}, {}
    for folder in folders:
        found, bad = landmark_mats.find(args.src, folder)
        items |= found
        dropped |= bad
    landmark_mats.convert(args, '300W-LP', read, items, dropped)


def read(name: str, src: Path) -> dict:
    """The index entry of one rendering.

    Args:
        name: The image, relative to ``src``.
        src: The folder of the data set.

    Raises:
        ItemError: The image can't be used.
    """
    entry, mat, (width, _) = landmark_mats.read(name, src)
    points = rendered_landmarks(name, src, width)
    if landmark_mats.is_whole_set(points):
        entry['boxes'] = landmark_mats.box_of(points)
        entry['landmarks'] = points.round(2).tolist()
    elif landmark_mats.is_whole_set(mat['pt2d'].T):
        entry['boxes'] = landmark_mats.box_of(mat['pt2d'].T)
    # AFW/AFW_134212_1_0.jpg is rendering 0 of photograph AFW_134212_1.
    return entry | {'sequence': Path(name).stem.rpartition('_')[0]}


def rendered_landmarks(name: str, src: Path, width: int) -> np.ndarray:
    """The landmarks of one rendering, from the folder `landmarks`.

    Args:
        name: The image, relative to ``src``.
        src: The folder of the data set.
        width: The image's, in pixels; mirrored images have no file of their own.

    Returns:
        (68, 2) pixels; (0, 0) where there is no such file.

    Raises:
        ItemError: The file is damaged.
    """
    folder, stem = Path(name).parent.name, Path(name).stem
    path = src / 'landmarks' / folder.removesuffix(FLIP) / f'{stem}_pts.mat'
    if not path.is_file():
        return np.empty((0, 0))
    points = np.asarray(landmark_mats.load_mat(path).get('pts_3d', np.empty((0, 0))))
    if landmark_mats.is_whole_set(points) and folder.endswith(FLIP):
        points = mirrored(points, width)
    return points


def mirrored(points: np.ndarray, width: int) -> np.ndarray:
    """Landmarks of the image that is mirrored left-right, as the data set's own are.

    Args:
        points: (68, 2) pixels, counted from 1 as in the data set's files.
        width: The image's, in pixels.

    Returns:
        (68, 2) pixels.
    """
    return points[MIRRORED] * [-1, 1] + [width + 1, 0]
