"""Where a model errs: figures from results files that hold predictions.

Per result: the errors against the label's yaw, pitch and roll, their distribution, and
the worst images with label and prediction. Over all: every angle side by side, as the
FSA-Net paper's Figure 6.
"""

import argparse
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `mmfsa analyze`."""
    parser.add_argument(
        'results',
        nargs='+',
        type=Path,
        metavar='RESULTS',
        help='what `mmfsa test --out RESULTS --predictions` wrote',
    )
    parser.add_argument('--out', type=Path, required=True, metavar='DIR')


def run(args: argparse.Namespace) -> int:
    """Draw the figures, and print what they show; return the exit status."""
    from mmfsa.evaluation.error_analysis import analyze

    for text in analyze(args.results, args.out):
        print(text)
    return 0
