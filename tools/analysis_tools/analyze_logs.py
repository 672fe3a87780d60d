"""Curves and iteration times of training runs, out of their logs.

    python tools/analysis_tools/analyze_logs.py plot_curve work_dirs/A work_dirs/B
    python tools/analysis_tools/analyze_logs.py cal_train_time work_dirs/A

A run is a work directory, whose interrupted and resumed parts are joined, or the
scalars.json of one part.
"""

import argparse
import json
from collections import defaultdict
from pathlib import Path

import numpy as np

from mmfsa.evaluation.tables import format_table
from mmfsa.utils.cli import clear_errors
from mmfsa.visualization.plots import panels, save_figure

DEFAULT_KEYS = 'loss', 'head_pose/MAE', 'lr'


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    tasks = parser.add_subparsers(required=True)
    curves = tasks.add_parser('plot_curve', help='draw what was logged over the epochs')
    curves.add_argument(
        '--keys',
        nargs='+',
        help=f'what to draw, a panel each; {", ".join(DEFAULT_KEYS)} by default',
    )
    curves.add_argument('--legend', nargs='+', help='a name for each run')
    curves.add_argument('--title')
    curves.add_argument('--out', type=Path, default=Path('work_dirs/curves.png'))
    curves.set_defaults(task=plot_curve)
    times = tasks.add_parser('cal_train_time', help='how long an iteration takes')
    times.add_argument(
        '--include-outliers',
        action='store_true',
        help='count the first record of every epoch, when the loader fills up',
    )
    times.set_defaults(task=cal_train_time)
    for task in (curves, times):
        task.add_argument('json_logs', nargs='+', type=Path, metavar='RUN')
    args = parser.parse_args()
    with clear_errors():
        runs = [read_run(path) for path in args.json_logs]
        args.task(runs, args)


def read_run(path: Path) -> list[dict]:
    """What a run logged, in order; what was done again after a resume counts once.

    Raises:
        FileNotFoundError: There is no log.
        ValueError: A log is not one of mmengine's, or empty.
    """
    files = sorted(path.glob('*/vis_data/scalars.json')) if path.is_dir() else [path]
    if not files:
        raise FileNotFoundError(
            f'{path} has no TIMESTAMP/vis_data/scalars.json: name the work directory '
            'of a training run that has logged something'
        )
    records = []
    for file in files:
        part = read_records(file)
        # A part that was resumed starts again where its checkpoint was written.
        start = next((r['step'] for r in part if 'lr' in r), np.inf)
        redone = (i for i, r in enumerate(records) if 'lr' in r and r['step'] >= start)
        records = records[: next(redone, None)] + part
    if not records:
        raise ValueError(f'{path}: nothing was logged yet')
    return records


def read_records(file: Path) -> list[dict]:
    """The records of one scalars.json, without a last one that is not whole."""
    lines = file.read_text().splitlines(keepends=True)
    try:
        records = [json.loads(line) for line in lines if line.endswith('\n')]
        if not all('step' in record for record in records):
            raise ValueError('a record has no step')
    except (ValueError, TypeError) as error:
        raise ValueError(f'{file} is not a log of mmengine: {error}') from error
    return records


def curve(records: list[dict], key: str) -> tuple[np.ndarray, np.ndarray]:
    """Epochs (iterations, if the run knows no epochs) and values of a key."""
    length = iterations_per_epoch(records)
    points = [
        (r['step'] / length if 'epoch' in r else r['step'], r[key])
        for r in records
        if key in r
    ]
    return tuple(np.array(points, dtype=float).reshape(-1, 2).T)


def iterations_per_epoch(records: list[dict]) -> float:
    """From the first records of the first and the last epoch, which lie alike in them.

    Exact but for a run that is still in its first epoch, which is taken for whole.
    """
    steps = defaultdict(list)
    for record in records:
        if 'epoch' in record:
            steps[record['epoch']].append(record['step'])
    if len(steps) < 2:
        return max((max(s) / epoch for epoch, s in steps.items()), default=1)
    first, last = min(steps), max(steps)
    return (steps[last][0] - steps[first][0]) / (last - first)


def plot_curve(runs: list[list[dict]], args: argparse.Namespace) -> None:
    names = args.legend or [str(path) for path in args.json_logs]
    if len(names) != len(runs):
        raise ValueError(f'--legend has {len(names)} names for {len(runs)} runs')
    logged = [{key for record in run for key in record} for run in runs]
    keys = args.keys or [key for key in DEFAULT_KEYS if key in set().union(*logged)]
    for name, has in zip(names, logged, strict=True):
        missing = set(args.keys or ()) - has
        if missing:
            raise ValueError(
                f'{name} has not logged {", ".join(sorted(missing))}; it has '
                f'{", ".join(sorted(has))}'
            )

    figure, grid = panels(len(keys), 1, width=9, height=2.6)
    rows = []
    for key, axes in zip(keys, grid.flat, strict=True):
        axes.set_ylabel(key)
        axes.sharex(grid.flat[0])
        if key == 'lr':
            axes.set_yscale('log')
        for i, (name, run) in enumerate(zip(names, runs, strict=True)):
            x, y = curve(run, key)
            marker = 'o' if len(x) <= 30 else None
            axes.plot(x, y, color=f'C{i}', marker=marker, markersize=3, label=name)
            if len(x):
                best = np.argmin(np.where(np.isnan(y), np.inf, y))
                numbers = y[0], y[-1], y[best]
                where = f'{x[best]:.1f}'
                rows.append([name, key, *(f'{v:.4g}' for v in numbers), where])
    by_epoch = any('epoch' in has for has in logged)
    grid.flat[-1].set_xlabel('epoch' if by_epoch else 'iteration')
    grid.flat[0].legend()
    figure.suptitle(args.title)
    save_figure(figure, args.out)
    print(format_table(['run', 'key', 'first', 'last', 'lowest', 'at'], rows))
    print(f'wrote {args.out}')


def cal_train_time(runs: list[list[dict]], args: argparse.Namespace) -> None:
    rows = []
    for path, records in zip(args.json_logs, runs, strict=True):
        times = defaultdict(list)
        for record in records:
            if 'lr' in record:
                times[record.get('epoch', 1)].append(record['time'])
        if not args.include_outliers:
            times = {epoch: values[1:] for epoch, values in times.items()}
        mean = {epoch: np.mean(values) for epoch, values in times.items() if values}
        if not mean:
            raise ValueError(
                f'{path}: one record an epoch and no more; --include-outliers counts it'
            )
        every = np.concatenate(list(times.values()))
        slowest, fastest = max(mean, key=mean.get), min(mean, key=mean.get)
        rows.append(
            [
                str(path),
                f'{every.mean():.4f}',
                f'{mean[slowest]:.4f} (epoch {slowest})',
                f'{mean[fastest]:.4f} (epoch {fastest})',
                f'{np.std(list(mean.values())):.4f}',
            ]
        )
    header = ['seconds an iteration', 'mean', 'slowest', 'fastest', 'std over epochs']
    print(format_table(header, rows))


if __name__ == '__main__':
    main()
