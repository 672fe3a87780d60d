"""Measure how its six landmarks put BlazeFace's boxes right, on rendered heads.

    python tools/analysis_tools/calibrate_points.py blazeface

The rule in mmfsa/detection/blazeface.py is what this prints.
"""

import argparse

from mmfsa.evaluation.detector_points import calibrate
from mmfsa.utils.cli import clear_errors, positive


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument('detector', choices=['blazeface', 'blazeface-full'])
    parser.add_argument('--heads', type=positive, default=4500, help='%(default)s')
    args = parser.parse_args()
    with clear_errors():
        print(calibrate(args.detector, args.heads))


if __name__ == '__main__':
    main()
