"""What a face at the edge of the image costs, with each border of the crop.

    python tools/analysis_tools/compare_borders.py --data-root data/aflw2000 \\
        --weights fusion.pth

The images are cut off so that one side of a face's crop is missing, by turns each of the
four; MAE in degrees over all, for the faces with |angle| ≤ 99. Above the share of
`mmfsa.apis.crop.CUT_IN_TRAINING` the inferencer repeats the border.
"""

from pathlib import Path

from mmfsa.cli.options import add_faces
from mmfsa.evaluation.borders import compare_borders
from mmfsa.utils.cli import clear_errors, script_parser


def main() -> None:
    parser = script_parser(__doc__)
    add_faces(parser, 'boxes of landmarks')
    parser.add_argument('--weights', type=Path, required=True)
    args = parser.parse_args()
    with clear_errors():
        print(compare_borders(args.weights, args.data_root))


if __name__ == '__main__':
    main()
