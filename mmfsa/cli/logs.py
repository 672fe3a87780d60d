"""Curves and iteration times of training runs, from their logs.

A run is a work directory, whose interrupted and resumed parts are joined, or the
scalars.json of one part.
"""

import argparse
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `mmfsa logs`."""
    tasks = parser.add_subparsers(dest='task', required=True)
    curves = tasks.add_parser('plot_curve', help='draw what was logged over the epochs')
    curves.add_argument(
        '--keys',
        nargs='+',
        help='what to draw, a panel each; by default the loss, the MAE and the learning '
        'rate',
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


def run(args: argparse.Namespace) -> int:
    """Draw the curves or print the times; return the exit status."""
    from mmfsa.evaluation.training_log import plot_curves, train_times

    given = vars(args)
    if given.pop('task') == 'plot_curve':
        print(plot_curves(**given))
        print(f'wrote {given["out"]}')
    else:
        print(train_times(**given))
    return 0
