"""What rectification brings to a model, and how exact the heads' positions are.

    python tools/analysis_tools/compare_rectification.py \\
        fsa_caps_1x1.synthetic fsa_caps_1x1.aflw --number 2000

Rendered heads stand anywhere in the picture of a wide lens, with exact poses and
positions. The tables have the mean geodesic error in degrees by the angle between the
optical axis and the ray through the face, without rectification, with rotation after the
network, and with a warp before it; and the errors of the positions.
"""

from mmfsa.evaluation.rectification import compare_rectification
from mmfsa.utils.cli import clear_errors, script_parser


def main() -> None:
    parser = script_parser(__doc__)
    parser.add_argument('models', nargs='+', help='names, see `mmfsa models --weights`')
    parser.add_argument('--number', type=int, default=2000, help='of pictures')
    parser.add_argument(
        '--fov', type=float, default=90, help='horizontal field of view in degrees'
    )
    parser.add_argument('--seed', type=int, default=0)
    args = parser.parse_args()
    with clear_errors():
        print(compare_rectification(args.models, args.number, args.fov, args.seed))


if __name__ == '__main__':
    main()
