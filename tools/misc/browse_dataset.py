"""Show what the network sees: crops after the pipeline, with the labels' axes on them.

    python tools/misc/browse_dataset.py configs/fsa_caps_1x1_p1.py --num 48

Blue points where the face looks, green down, red to the side.
"""

import argparse
from pathlib import Path

import cv2
import numpy as np
from mmengine import Config
from mmengine.registry import init_default_scope
from rich.progress import track

from mmfsa.engine.runs import set_data_root
from mmfsa.registry import DATASETS
from mmfsa.utils.cli import add_data_root, clear_errors
from mmfsa.visualization import contact_sheet, draw_axes, draw_text, write_image

TILE = 160  # pixels


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument('config', type=Path)
    parser.add_argument('--phase', choices=['train', 'val', 'test'], default='train')
    add_data_root(parser)
    parser.add_argument(
        '--out-dir', '--output-dir', type=Path, default=Path('work_dirs/browse')
    )
    parser.add_argument('--num', type=int, default=48, help='evenly spaced images')
    return parser.parse_args()


def main() -> None:
    args = parse_args()
    cfg = Config.fromfile(args.config)
    set_data_root(cfg, args.data_root)
    init_default_scope(cfg.get('default_scope', 'mmfsa'))
    dataset = DATASETS.build(cfg[f'{args.phase}_dataloader'].dataset)

    chosen = np.linspace(0, len(dataset) - 1, min(args.num, len(dataset))).astype(int)
    tiles = [tile(dataset[i]) for i in track(chosen.tolist(), 'Drawing')]
    path = args.out_dir / f'{args.config.stem}_{args.phase}.png'
    write_image(contact_sheet(tiles, TILE), path)
    print(f'Wrote {path}: {len(chosen)} of {len(dataset)} images')


def tile(data: dict) -> np.ndarray:
    """One sample, enlarged, with its axes and angles."""
    img = data['inputs'].numpy().transpose(1, 2, 0)
    pose = data['data_samples'].gt_pose
    img = draw_axes(cv2.resize(img, (TILE, TILE)), pose)
    return draw_text(img, ' '.join(f'{angle:.0f}' for angle in pose), (4, TILE), 0.45)


if __name__ == '__main__':
    with clear_errors():
        main()
