"""Curves and iteration times of training runs, from their logs.

    python tools/analysis_tools/analyze_logs.py plot_curve work_dirs/A work_dirs/B
    python tools/analysis_tools/analyze_logs.py cal_train_time work_dirs/A

A run is a work directory, whose interrupted and resumed parts are joined, or the
scalars.json of one part.
"""

import argparse
from pathlib import Path

from mmfsa.evaluation.training_log import DEFAULT_KEYS, plot_curves, train_times
from mmfsa.utils.cli import clear_errors


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    tasks = parser.add_subparsers(dest='task', required=True)
    curves = tasks.add_parser('plot_curve', help='draw what was logged over the epochs')
    curves.add_argument(
        '--keys',
        nargs='+',
        help=f'what to draw, a panel each; {", ".join(DEFAULT_KEYS)} by default',
    )
    curves.add_argument('--legend', nargs='+', help='a name for each run')
    curves.add_argument('--title')
    curves.add_argument('--out', type=Path, default=Path('work_dirs/curves.png'))
    times = tasks.add_parser('cal_train_time', help='how long an iteration takes')
    times.add_argument(
        '--include-outliers',
        action='store_true',
        help='count the first record of every epoch, when the loader fills up',
    )
    for task in (curves, times):
        task.add_argument('paths', nargs='+', type=Path, metavar='RUN')
    args = vars(parser.parse_args())
    with clear_errors():
        if args.pop('task') == 'plot_curve':
            print(plot_curves(**args))
            print(f'wrote {args["out"]}')
        else:
            print(train_times(**args))


if __name__ == '__main__':
    main()
