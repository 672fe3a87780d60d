"""How many faces detectors find by the faces' size, and what a frame costs them.

    python tools/analysis_tools/compare_detectors.py --data-root data/aflw2000

Frames of 640x480 pixels are tiled with the data set's faces, all of one size: the longer
side of the box around 68 landmarks. The milliseconds are those of one CPU thread.
"""

from pathlib import Path

from mmfsa.cli.options import add_faces
from mmfsa.detection import FACES
from mmfsa.evaluation.detector_recall import SIZES, compare_detectors
from mmfsa.utils.cli import clear_errors, positive, script_parser


def main() -> None:
    parser = script_parser(__doc__)
    parser.add_argument('detectors', nargs='*', default=[*FACES.values()])
    add_faces(parser, 'boxes of landmarks')
    parser.add_argument('--sizes', nargs='+', type=positive, default=SIZES)
    parser.add_argument('--most', type=positive, default=500, help='faces of each size')
    parser.add_argument('--out', type=Path, metavar='JSON')
    args = parser.parse_args()
    with clear_errors():
        print(
            compare_detectors(
                args.detectors, args.data_root, args.sizes, args.most, args.out
            )
        )


if __name__ == '__main__':
    main()
