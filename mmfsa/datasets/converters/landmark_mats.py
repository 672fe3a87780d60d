"""300W-LP and AFLW2000: an image and a .mat with its pose and landmarks."""

import argparse
import math
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from mmfsa.structures import pose_para_to_pose
from mmfsa.utils.doors import check_file, check_unpacked

from .engine import (
    ItemError,
    angles,
    face_box,
    image_size,
    img_root,
    read_all,
    write_index,
)

IMAGE_SUFFIXES = '.jpg', '.jpeg', '.png', '.bmp'
NUM_LANDMARKS = 68


def find(src: Path, folder: str = '.') -> tuple[dict[str, str], dict[str, str]]:
    """Find the images of one folder, and files that stand alone or twice.

    Args:
        src: The folder of the data set.
        folder: A folder in it.

    Returns:
        The items for :func:`read`, relative to ``src``; and the names that are dropped,
        with the reason.
    """
    files = sorted(p for p in (src / folder).iterdir() if p.is_file())
    images = [p for p in files if p.suffix.lower() in IMAGE_SUFFIXES]
    stems, items, dropped = set(), {}, {}
    for path in images:
        name = path.relative_to(src).as_posix()
        if path.stem.lower() in stems:
            dropped[name] = 'duplicate name'
        else:
            items[name] = name
        stems.add(path.stem.lower())
    for path in files:
        if path.suffix.lower() == '.mat' and path.stem.lower() not in stems:
            dropped[path.relative_to(src).as_posix()] = 'missing image'
    return items, dropped


def convert(
    args: argparse.Namespace,
    dataset: str,
    read: Callable[..., dict],
    items: dict[str, str],
    dropped: dict[str, str],
) -> None:
    """Write the index of what :func:`find` found.

    Args:
        args: ``src``, ``out`` and ``workers``.
        dataset: The data set's name.
        read: The data set's own: the entry of (an image's name, ``src``).
        items: The images.
        dropped: What is left out, with the reason.
    """
    metainfo = {
        'dataset': dataset,
        'box_source': 'landmarks',
        'box_kind': 'visible',
        'img_root': img_root(args.src, args.out),
    }
    with read_all(args, items, partial(read, src=args.src), dropped) as results:
        write_index(args, metainfo, results)


def read(name: str, src: Path) -> tuple[dict, dict[str, np.ndarray], tuple[int, int]]:
    """Read one image's pose and the box of its visible landmarks.

    Args:
        name: An image, relative to ``src``.
        src: The folder of the data set.

    Returns:
        The entry of the index; the content of the .mat; the image's width and height.

    Raises:
        ItemError: A file is missing or damaged, or has no usable label.
    """
    width, height = image_size(src / name)
    mat = load_mat((src / name).with_suffix('.mat'))
    entry = {'img_path': name}
    if np.size(mat.get('Pose_Para', ())) < 3:
        raise ItemError('no Pose_Para')
    pose = pose_para_to_pose(np.ravel(mat['Pose_Para']).astype(np.float64))

    points = np.asarray(mat.get('pt2d', ()))
    if points.ndim != 2 or len(points) != 2:
        raise ItemError('no pt2d')
    if not np.isfinite(points).all():
        raise ItemError('NaN landmarks')
    # AFLW2000 writes −1 for a landmark that is not seen. The authors' choice of mask
    # decides the crop, so it is kept as it is.
    seen_x, seen_y = points > 0
    x, y = points[:, seen_y if seen_x.sum() > seen_y.sum() else seen_x]
    if not len(x):
        raise ItemError('no landmark is seen')
    outside = (x >= width) | (y >= height) | (x < 0) | (y < 0)
    if outside.mean() > 0.5:
        raise ItemError('landmarks outside the image')
    if outside.any():
        entry['note'] = 'some landmarks outside the image'
    entry |= {'face_box': face_box(x.min(), y.min(), x.max(), y.max())} | angles(pose)
    return entry, mat, (width, height)


def load_mat(path: Path) -> dict[str, np.ndarray]:
    """Read a .mat file.

    Args:
        path: The file.

    Returns:
        Its variables by name.

    Raises:
        ItemError: The file is missing or damaged.
    """
    from scipy.io import loadmat, whosmat

    if not path.is_file():
        raise ItemError('missing .mat')
    try:
        check_file(path)
        # Eight bytes for a number at most. What is in a file may be far smaller.
        check_unpacked(path, sum(8 * math.prod(shape) for _, shape, _ in whosmat(path)))
        return loadmat(path)
    except Exception as error:  # damage shows as any of a dozen kinds
        raise ItemError('unreadable .mat', repr(error)) from error


def is_whole_set(points: np.ndarray) -> bool:
    """Whether points are 68 landmarks whose places are known.

    Args:
        points: (68, 2) pixels, or anything else.
    """
    return points.shape == (NUM_LANDMARKS, 2) and bool(
        np.isfinite(points).all() and (np.ptp(points, axis=0) > 0).all()
    )


def box_of(points: np.ndarray, kind: str = 'landmarks68') -> dict[str, list[float]]:
    """The box around points, by default all 68 landmarks, seen or not.

    Args:
        points: (N, 2) pixels.
        kind: The kind of the box.

    Returns:
        The kind and its box, [x1, y1, x2, y2] in pixels, not rounded.
    """
    return {kind: [*points.min(axis=0).tolist(), *points.max(axis=0).tolist()]}
