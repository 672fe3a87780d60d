"""Results side by side, beside the rows that papers print.

Numbered notes say which rows do not compare with the others: those with a part of the
test set, of another protocol, or trained on other data.
"""

import argparse
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `mmfsa compare`."""
    parser.add_argument('results', nargs='+', type=Path, metavar='RESULTS')
    parser.add_argument('--out', type=Path, metavar='FILE', help='.md or .json')


def run(args: argparse.Namespace) -> int:
    """Print the table, and write it; return the exit status."""
    from mmfsa.evaluation.comparison import write_comparison
    from mmfsa.evaluation.results import read_results

    print(write_comparison(read_results(args.results), args.out))
    if args.out:
        print(f'\nwrote {args.out}')
    return 0
