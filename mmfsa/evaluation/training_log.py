"""Curves and iteration times of training runs, from their logs.

A run is a work directory, whose interrupted and resumed parts are joined, or the
scalars.json of one part.
"""

import json
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from mmfsa.utils.reading import damaged, read_text
from mmfsa.visualization.plots import panels, save_figure

from .tables import format_table

DEFAULT_KEYS = 'loss', 'head_pose/MAE', 'lr'


def read_run(path: Path) -> list[dict]:
    """What a run logged, in order; what was done again after a resume counts once.

    Args:
        path: A work directory, or one scalars.json.

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
    lines = read_text(file).splitlines(keepends=True)
    with damaged(file, 'log of mmengine'):
        records = [json.loads(line) for line in lines if line.endswith('\n')]
        if not all(_is_record(record) for record in records):
            raise ValueError(f'{file} is not a log of mmengine: a record has no step')
    return records


def _is_record(record: object) -> bool:
    """Whether a line is numbers by their names, and a step among them."""
    return (
        isinstance(record, dict)
        and all(isinstance(value, int | float) for value in record.values())
        and record.get('step', -1) >= 0
        and record.get('epoch', 1) >= 1
    )


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
        return max((max(s) / epoch for epoch, s in steps.items()), default=1) or 1
    first, last = min(steps), max(steps)
    return (steps[last][0] - steps[first][0]) / (last - first) or 1


def plot_curves(
    paths: Sequence[Path],
    out: Path,
    keys: Sequence[str] | None = None,
    legend: Sequence[str] | None = None,
    title: str | None = None,
) -> str:
    """Draw what runs logged over the epochs, a panel for each key.

    Args:
        paths: The runs.
        out: The picture.
        keys: What to draw; by default what is there of :data:`DEFAULT_KEYS`.
        legend: A name for each run; its path by default.
        title: The title of the picture.

    Returns:
        The first, last and lowest values, as a table.

    Raises:
        FileNotFoundError: There is no log.
        ValueError: A log is not one of mmengine's, or has no such key, or the legend has
            another number of names.
    """
    runs = [read_run(path) for path in paths]
    names = legend or [str(path) for path in paths]
    if len(names) != len(runs):
        raise ValueError(f'--legend has {len(names)} names for {len(runs)} runs')
    logged = [{key for record in run for key in record} for run in runs]
    chosen = keys or [key for key in DEFAULT_KEYS if key in set().union(*logged)]
    for name, has in zip(names, logged, strict=True):
        missing = set(keys or ()) - has
        if missing:
            raise ValueError(
                f'{name} has not logged {", ".join(sorted(missing))}; it has '
                f'{", ".join(sorted(has))}'
            )

    figure, grid = panels(len(chosen), 1, width=9, height=2.6)
    rows = []
    for key, axes in zip(chosen, grid.flat, strict=True):
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
    figure.suptitle(title)
    save_figure(figure, out)
    return format_table(['run', 'key', 'first', 'last', 'lowest', 'at'], rows)


def train_times(paths: Sequence[Path], include_outliers: bool = False) -> str:
    """How long an iteration of runs takes, as a table of seconds.

    Args:
        paths: The runs.
        include_outliers: Count the first record of every epoch, when the loader fills up.

    Raises:
        FileNotFoundError: There is no log.
        ValueError: A log is not one of mmengine's, or too short.
    """
    rows = []
    for path in paths:
        records = read_run(path)
        times = defaultdict(list)
        for record in records:
            if 'lr' in record:
                times[record.get('epoch', 1)].append(record['time'])
        if not include_outliers:
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
    return format_table(header, rows)
