"""Measure how its six landmarks put BlazeFace's boxes right, on rendered heads.

    python tools/analysis_tools/calibrate_points.py blazeface

The rule in mmfsa/detection/blazeface.py is what this prints.
"""

from mmfsa.evaluation.detector_points import calibrate
from mmfsa.utils.cli import clear_errors, positive, script_parser


def main() -> None:
    parser = script_parser(__doc__)
    parser.add_argument('detector', choices=['blazeface', 'blazeface-full'])
    parser.add_argument('--heads', type=positive, default=4500, help='%(default)s')
    args = parser.parse_args()
    with clear_errors():
        print(calibrate(args.detector, args.heads))


if __name__ == '__main__':
    main()
