"""Show what the network sees: crops after the pipeline, with the labels' axes on them."""

import argparse
from pathlib import Path

from mmfsa.utils.cli import add_data_root

PHASES = 'train', 'val', 'test'


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `mmfsa browse`."""
    parser.add_argument('config', help='an experiment file, or a name of the zoo')
    parser.add_argument('--phase', choices=PHASES, default='train')
    add_data_root(parser)
    parser.add_argument(
        '--out-dir', '--output-dir', type=Path, default=Path('work_dirs/browse')
    )
    parser.add_argument(
        '--mode',
        choices=['transformed', 'original', 'concat', 'pipeline'],
        default='transformed',
        help='what the network sees; the face in its photo; both; or the image after each '
        'step of the pipeline',
    )
    parser.add_argument('--num', type=int, default=48, help='evenly spaced images')


def run(args: argparse.Namespace) -> int:
    """Write the sheet and print its name; return the exit status."""
    from mmfsa.engine.runs import set_data_root
    from mmfsa.utils.configs import load_config
    from mmfsa.visualization.browse import browse

    from .options import config_path

    cfg = load_config(config_path(args.config))
    set_data_root(cfg, args.data_root)
    print(browse(cfg, args.phase, args.num, args.out_dir, args.mode))
    return 0
