"""The mean of a model's checkpoints, with statistics of the training faces.

    python tools/model_converters/average_checkpoints.py configs/recipes/fsa_caps_1x1.py \\
        seed_0.pth seed_1.pth DST.pth --without RotateInPlane

The checkpoints are those of runs that began with the same weights: their mean is a good
network, too. Batch normalisation has no mean of its own: its statistics are taken anew,
over faces that the config trains on. With one checkpoint, the statistics are all that
changes: with `--without` they are those of faces that are less distorted than in training,
as photos are.
"""

from pathlib import Path

from mmfsa.engine.averaging import average_checkpoints
from mmfsa.engine.runs import set_data_root
from mmfsa.utils import register_all_modules
from mmfsa.utils.cli import add_data_root, clear_errors, script_parser
from mmfsa.utils.configs import load_config


def main() -> None:
    parser = script_parser(__doc__)
    parser.add_argument('config', type=Path, help='the experiment file')
    parser.add_argument('src', type=Path, nargs='+', help='checkpoints of its model')
    parser.add_argument('dst', type=Path, help='checkpoint to write')
    parser.add_argument(
        '--without',
        nargs='+',
        default=[],
        metavar='TRANSFORM',
        help='leave these transforms of the training faces out',
    )
    parser.add_argument(
        '--batches',
        type=int,
        default=100,
        help="how many of the training's batches to take (%(default)s)",
    )
    add_data_root(parser)
    args = parser.parse_args()
    register_all_modules()
    with clear_errors():
        cfg = load_config(args.config)
        set_data_root(cfg, args.data_root)
        average_checkpoints(cfg, args.src, args.dst, args.without, args.batches)
        print(f'wrote {args.dst}')


if __name__ == '__main__':
    main()
