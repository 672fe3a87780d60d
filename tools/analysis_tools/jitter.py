"""How much the poses of models jitter when the crop moves, and the face does not.

    python tools/analysis_tools/jitter.py nano small --data-root data/aflw2000 \\
        --out jitter.png

The crop moves by some of its pixels, to four sides, or gets a little wider or narrower. The
pose should stay. What it changes is drawn in degrees (geodesic, mean over the faces with
|angle| ≤ 99). Beside the picture its numbers are written as .json.
"""

from mmfsa.cli.options import add_comparison_arguments
from mmfsa.evaluation.jitter import compare_jitter
from mmfsa.utils.cli import clear_errors, script_parser


def main() -> None:
    parser = script_parser(__doc__)
    add_comparison_arguments(parser, 'boxes of faces')
    args = parser.parse_args()
    with clear_errors():
        print(compare_jitter(args.models, args.data_root, args.out))
        print(f'wrote {args.out}')


if __name__ == '__main__':
    main()
