"""Measure a face detector's box rule, and what its boxes cost a model.

    python tools/analysis_tools/calibrate_detector.py centerface \\
        --data-root data/aflw2000 --weights fusion.pth

A box rule takes a detector's box to the box of the landmarks, around which the networks
were trained. The constants in mmfsa/inputs/kinds.py are the medians that this prints as
`measured`, over the faces that are found. The errors in degrees are those with the rule
`in use`, for the faces with |angle| ≤ 99.
"""

from pathlib import Path

from mmfsa.cli.options import add_faces
from mmfsa.evaluation.detector_boxes import calibrate
from mmfsa.utils.cli import clear_errors, script_parser


def main() -> None:
    parser = script_parser(__doc__)
    parser.add_argument('detector', help='centerface, mtcnn, yunet:MODEL.onnx, …')
    add_faces(parser, 'boxes of landmarks')
    parser.add_argument('--weights', type=Path, required=True)
    args = parser.parse_args()
    with clear_errors():
        print(calibrate(args.detector, args.data_root, args.weights))


if __name__ == '__main__':
    main()
