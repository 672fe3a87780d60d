"""Write the tables of models in README.md, README_zh-CN.md and docs/en.

    python tools/analysis_tools/make_tables.py [--check] [FILE ...]

A table stands between `<!-- table: NAME -->` and `<!-- end of table -->`; nothing in it is
typed by hand (mmfsa/zoo/tables.py). With --check nothing is written, and stale files are an
error.
"""

import sys
from pathlib import Path

from mmfsa.utils.cli import clear_errors, script_parser
from mmfsa.zoo.tables import update


def main() -> None:
    parser = script_parser(__doc__)
    parser.add_argument(
        'files', nargs='*', type=Path, metavar='FILE', help='all of them by default'
    )
    parser.add_argument('--check', action='store_true', help='write nothing')
    args = parser.parse_args()
    with clear_errors():
        stale = update(args.files, args.check)
    if args.check and stale:
        sys.exit(f'error: stale tables: run {sys.argv[0]}, which changes {stale}')
    print('\n'.join(stale) or 'all tables are up to date')


if __name__ == '__main__':
    main()
