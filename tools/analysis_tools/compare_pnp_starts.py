"""Where OpenCV's solvePnP puts faces, by how it starts.

    python tools/analysis_tools/compare_pnp_starts.py --data-root data/aflw2000

The 68 labelled landmarks of each face are fitted by a mean head, with a focal length of one
image width. The errors are in degrees, over the faces within ±99°.
"""

from pathlib import Path

from mmfsa.cli.options import add_faces
from mmfsa.evaluation.pnp_starts import compare_pnp_starts
from mmfsa.utils.cli import clear_errors, script_parser


def main() -> None:
    parser = script_parser(__doc__)
    add_faces(parser, '68 landmarks')
    parser.add_argument('--out', type=Path, metavar='JSON')
    args = parser.parse_args()
    with clear_errors():
        print(compare_pnp_starts(args.data_root, args.out))


if __name__ == '__main__':
    main()
