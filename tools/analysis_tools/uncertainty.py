"""Whether models know how sure they are: calibration, and risk by coverage.

    python tools/analysis_tools/uncertainty.py nano small --data-root data/aflw_teachers \\
        --held-out 0.95 --out uncertainty.png

Models with a `spread` say how unsure each pose is. The picture shows whether as many labels
lie within it as should, which errors faces of a spread have, and the mean error of the
surest faces. Beside the picture its numbers are written as .json. Take faces that the
models have not learned from.
"""

from mmfsa.cli.options import add_comparison_arguments
from mmfsa.evaluation.uncertainty import compare_uncertainty
from mmfsa.utils.cli import clear_errors, script_parser


def main() -> None:
    parser = script_parser(__doc__)
    add_comparison_arguments(parser, 'boxes of faces')
    parser.add_argument(
        '--held-out',
        type=float,
        metavar='SHARE',
        help='only the faces that a training with this share (seed 0) left out',
    )
    args = parser.parse_args()
    split = args.held_out and dict(fraction=args.held_out, seed=0, part='val')
    with clear_errors():
        print(compare_uncertainty(args.models, args.data_root, args.out, split))
        print(f'wrote {args.out}')


if __name__ == '__main__':
    main()
