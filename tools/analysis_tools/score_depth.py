"""How exact depth methods are on rendered people, as a Kinect measures them.

    python tools/analysis_tools/score_depth.py depth_registration fanelli_forest \\
        --weights '' trees --number 300

The table has the geodesic errors in degrees of the heads that get a pose, and the median
distance between the head's exact position and the method's.
"""

from mmfsa.evaluation.depth_methods import score_depth_methods
from mmfsa.utils.cli import clear_errors, processes, script_parser


def main() -> None:
    parser = script_parser(__doc__)
    parser.add_argument('models', nargs='+', help='names of depth methods')
    parser.add_argument(
        '--weights', nargs='+', help="theirs, in their order; '' where there are none"
    )
    parser.add_argument('--number', type=int, default=300, help='of depth maps')
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument('--max-angle', type=float, default=60, help='of a head')
    parser.add_argument('--workers', type=processes, default=1, help='processes')
    args = parser.parse_args()
    weights = [one or None for one in args.weights or [''] * len(args.models)]
    if len(weights) != len(args.models):
        parser.error("give as many weights as models, '' where there are none")
    with clear_errors():
        print(
            score_depth_methods(
                args.models,
                weights,
                args.number,
                args.seed,
                args.max_angle,
                args.workers,
            )
        )


if __name__ == '__main__':
    main()
