"""Join checkpoints of single models into one of their fusion.

    python tools/model_converters/fuse_checkpoints.py configs/fsa_caps_fusion_p1.py \\
        caps_1x1.pth caps_var.pth caps_wo.pth DST.pth

The checkpoints stand in the order of the config's `estimators`.
"""

from pathlib import Path

from mmfsa.engine import fuse_checkpoints
from mmfsa.utils import register_all_modules
from mmfsa.utils.cli import clear_errors, script_parser
from mmfsa.utils.configs import load_config


def main() -> None:
    parser = script_parser(__doc__)
    parser.add_argument('config', type=Path, help="the fusion's experiment file")
    parser.add_argument(
        'src', type=Path, nargs='+', help='one checkpoint per estimator'
    )
    parser.add_argument('dst', type=Path, help='checkpoint to write')
    args = parser.parse_args()
    register_all_modules()
    with clear_errors():
        fuse_checkpoints(load_config(args.config), args.src, args.dst)
    print(args.config.name)


if __name__ == '__main__':
    main()
