"""Where a model errs: figures from results files that hold predictions.

    python tools/test.py CONFIG CHECKPOINT --out results.json --predictions
    python tools/analysis_tools/error_analysis.py results.json [...] --out DIR

Per result: the errors against the label's yaw, pitch and roll, their distribution, and
the worst images with label and prediction. Over all: every angle side by side, as the
FSA-Net paper's Figure 6.
"""

import argparse
from pathlib import Path

from mmfsa.evaluation.error_analysis import analyze
from mmfsa.utils.cli import clear_errors


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument('results', nargs='+', type=Path, metavar='RESULTS')
    parser.add_argument('--out', type=Path, required=True, metavar='DIR')
    args = parser.parse_args()
    with clear_errors():
        for text in analyze(args.results, args.out):
            print(text)


if __name__ == '__main__':
    main()
