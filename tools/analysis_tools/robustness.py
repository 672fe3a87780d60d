"""What a model tolerates of what detectors and cameras do to a face.

    python tools/analysis_tools/robustness.py nano fsa_caps_1x1.pth [...] \\
        --data-root data/aflw2000 --out robustness.png

Each test changes one thing by degrees: the crop's scale and place, the head's turn in the
image, blur, compression, brightness, light, grey, occlusion, the face's resolution. The
mean absolute error in degrees is over the faces with |angle| ≤ 99; models with the same
crop see the same changed crops. Beside the picture its numbers are written as .json.
"""

from mmfsa.cli.options import add_comparison_arguments
from mmfsa.evaluation.robustness import compare_robustness
from mmfsa.utils.cli import clear_errors, script_parser


def main() -> None:
    parser = script_parser(__doc__)
    add_comparison_arguments(parser, 'boxes of landmarks')
    parser.add_argument(
        '--only', default='', metavar='TEXT', help='tests with this in their name'
    )
    args = parser.parse_args()
    with clear_errors():
        compare_robustness(args.models, args.data_root, args.out, args.only)
        print(f'wrote {args.out}')


if __name__ == '__main__':
    main()
