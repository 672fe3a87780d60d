"""Teach a trained network where its crop should lie.

    python tools/model_converters/fit_offset.py configs/recipes/nano.py \\
        work_dirs/nano/epoch_120.pth nano.pth --data-root data/aflw_teachers

A detector's boxes are less exact than those that a network learns from. A network that
says where its crop should lie can look once more, from there. One linear layer of its head
says it; a ridge regression over the training faces gives this layer its weights, and all
other weights stay.
"""

from pathlib import Path

from mmfsa.engine.offset_fitting import fit_offset
from mmfsa.utils import register_all_modules
from mmfsa.utils.cli import clear_errors, script_parser


def main() -> None:
    parser = script_parser(__doc__)
    parser.add_argument('config', type=Path, help='the experiment file')
    parser.add_argument('src', type=Path, help='its checkpoint')
    parser.add_argument('dst', type=Path, help='checkpoint to write')
    parser.add_argument(
        '--data-root', required=True, metavar='DIR', help='its training faces'
    )
    args = parser.parse_args()
    register_all_modules()
    with clear_errors():
        print(fit_offset(args.config, args.src, args.dst, args.data_root))
        print(f'wrote {args.dst}')


if __name__ == '__main__':
    main()
