"""Show what the network sees: crops after the pipeline, with the labels' axes on them.

    python tools/misc/browse_dataset.py configs/fsa_caps_1x1_p1.py --num 48

Blue points where the face looks, green down, red to the side.
"""

import argparse
from pathlib import Path

from mmfsa.engine.runs import set_data_root
from mmfsa.utils.cli import add_data_root, clear_errors
from mmfsa.utils.configs import load_config
from mmfsa.visualization.browse import browse


def main() -> None:
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
    args = parser.parse_args()
    with clear_errors():
        cfg = load_config(args.config)
        set_data_root(cfg, args.data_root)
        print(browse(cfg, args.phase, args.num, args.out_dir))


if __name__ == '__main__':
    main()
