"""The first checkpoint of a wide network, from the last one of a narrower network.

    python tools/model_converters/widen_checkpoint.py configs/recipes/small_start.py \\
        work_dirs/nano_start/epoch_40.pth work_dirs/small_start/widened_nano.pth

The backbone computes what it did, and has more channels to learn with.
"""

from pathlib import Path

from mmfsa.engine.widening import widen_checkpoint
from mmfsa.utils import register_all_modules
from mmfsa.utils.cli import clear_errors, script_parser
from mmfsa.utils.configs import load_config


def main() -> None:
    parser = script_parser(__doc__)
    parser.add_argument('config', type=Path, help="the wide network's experiment file")
    parser.add_argument('src', type=Path, help='checkpoint of the narrow network')
    parser.add_argument('dst', type=Path, help='checkpoint to write')
    args = parser.parse_args()
    register_all_modules()
    with clear_errors():
        widen_checkpoint(load_config(args.config), args.src, args.dst)
        print(f'wrote {args.dst}')


if __name__ == '__main__':
    main()
