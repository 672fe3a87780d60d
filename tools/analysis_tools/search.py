"""Which network learns most in the same time: train a folder of experiments.

    python tools/analysis_tools/search.py configs/recipes/student_factors \\
        --out work_dirs/student_factors.json

Every experiment trains with the schedule of base.py, and is tested on the faces that its
training left out. A network's size and time stand beside its error. After an interruption,
the same command goes on.
"""

from pathlib import Path

from mmfsa.deploy.timing import measure_networks
from mmfsa.engine.search import search
from mmfsa.utils.cli import add_data_root, clear_errors, script_parser


def main() -> None:
    parser = script_parser(__doc__)
    parser.add_argument('folder', type=Path, metavar='DIR', help='of experiment files')
    parser.add_argument('--out', type=Path, required=True, metavar='JSON')
    parser.add_argument('--work-dir', type=Path, default=Path('work_dirs/search'))
    parser.add_argument(
        '--only', nargs='+', default=(), metavar='NAME', help='these, and base'
    )
    add_data_root(parser)
    args = parser.parse_args()
    with clear_errors():
        print(
            search(
                *(args.folder, args.out, args.work_dir, measure_networks),
                data_root=args.data_root,
                only=args.only,
            )
        )
        print(f'wrote {args.out}')


if __name__ == '__main__':
    main()
