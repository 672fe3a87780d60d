"""Measure a face detector's box rule, and what its boxes cost a model.

    python tools/analysis_tools/calibrate_detector.py centerface \\
        --data-root data/aflw2000 --weights fusion.pth

A box rule takes a detector's box to the box of the landmarks, around which the networks
were trained. The constants in mmfsa/inputs/kinds.py are the medians that this prints as
`measured`, over the faces that are found. The errors in degrees are those with the rule
`in use`, for the faces with |angle| ≤ 99.
"""

import argparse
from pathlib import Path

from mmfsa.evaluation.detector_boxes import calibrate
from mmfsa.utils.cli import clear_errors


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument('detector', help='centerface, mtcnn, yunet:MODEL.onnx, …')
    parser.add_argument(
        '--data-root', required=True, metavar='DIR', help='with boxes of landmarks'
    )
    parser.add_argument('--weights', type=Path, required=True)
    args = parser.parse_args()
    with clear_errors():
        print(calibrate(args.detector, args.data_root, args.weights))


if __name__ == '__main__':
    main()
