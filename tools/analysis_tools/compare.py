"""Results side by side, beside the rows that papers print.

    python tools/analysis_tools/compare.py A.json B.json [...] [--out comparison.md]

Numbered notes say which rows do not compare with the others: those with a part of the
test set, of another protocol, or trained on other data.
"""

import argparse
from pathlib import Path

from mmfsa.evaluation.comparison import write_comparison
from mmfsa.evaluation.results import read_results
from mmfsa.utils.cli import clear_errors


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument('results', nargs='+', type=Path, metavar='RESULTS')
    parser.add_argument('--out', type=Path, metavar='FILE', help='.md or .json')
    args = parser.parse_args()
    with clear_errors():
        print(write_comparison(read_results(args.results), args.out))
    if args.out:
        print(f'\nwrote {args.out}')


if __name__ == '__main__':
    main()
