"""How much smoothers calm poses, how late they make them, and what that costs."""

from collections.abc import Callable, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from mmfsa.datasets.index import read_index
from mmfsa.structures import Faces, Frame, geodesic_distance, pose_to_matrix
from mmfsa.tracking import Clip, PoseSmoother, measure_clips
from mmfsa.utils.images import read_image
from mmfsa.utils.progress import track
from mmfsa.visualization.plots import panels

from .tables import format_table

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from mmfsa.methods import Method

TREMBLE = 0.015  # of a box's side: what the edges of a detector's boxes move by
HEADER = 'smoother', 'error', 'p95', 'jitter', 'lag'
Smooth = Callable[[float, int, np.ndarray, object], np.ndarray]


class Film(NamedTuple):
    """One sequence from the first pose on, and what a method sees in it.

    Attributes:
        name: The sequence's name.
        times: (T,) seconds.
        exact: (T, 3) labelled yaw, pitch, roll in degrees.
        found: (T, 3) the method's; of a frame without a pose, the last frame's.
        spread: T numbers or matrices, how unsure the method is; None: it does not say.
    """

    name: str
    times: np.ndarray
    exact: np.ndarray
    found: np.ndarray
    spread: Sequence | None


def watch_films(
    index: str | Path, method: 'Method', tremble: float = TREMBLE, seed: int = 0
) -> list[Film]:
    """Let a method see the sequences of an index, frame by frame.

    The method sees boxes that tremble, as a detector's do.

    Args:
        index: The `index.json`; its entries have `sequence` and `time`.
        method: The method.
        tremble: Deviation of a box's edges, as a share of its longer side.
        seed: Seed of the trembling.

    Raises:
        FileNotFoundError: There is no such index.
        ValueError: An entry has no `sequence` or no `time`; the times of a sequence do not
            rise; or the method finds no pose in it.
    """
    index = Path(index)
    metainfo, entries = read_index(index)
    folder = index.parent / metainfo.get('img_root', '')
    for entry in entries:
        missing = [key for key in ('sequence', 'time') if key not in entry]
        if missing:
            raise ValueError(
                f'{index}: entry {entry["img_path"]} has no {" and no ".join(missing)}: '
                'films have both (`mmfsa synth --sequences`)'
            )
    rng = np.random.default_rng(seed)
    films = []
    groups = groupby(sorted(entries, key=_sequence), key=_sequence)
    sequences = [(name, [*frames]) for name, frames in groups]
    for number, (name, frames) in enumerate(track(sequences, 'Watching')):
        times = np.array([frame['time'] for frame in frames])
        if not (np.diff(times) > 0).all():
            raise ValueError(f'{index}: the times of sequence {name} do not rise')
        method.reset()
        found, spreads = [], []
        for frame in frames:
            kind, box = next(iter(frame['boxes'].items()))
            side = max(box[2] - box[0], box[3] - box[1])
            box = np.array(box) + rng.normal(0, tremble, 4) * side
            image = Frame(
                read_image(folder / frame['img_path']),
                name=frame['img_path'],
                time=frame['time'],
            )
            poses = method.predict(image, Faces([box], kind, ids=np.array([number])))
            if poses.valid[0]:
                found.append(poses.euler[0])
                spreads.append(None if poses.spread is None else poses.spread[0])
            elif found:
                found.append(found[-1])
                spreads.append(spreads[-1])
        start = len(frames) - len(found)
        if not found:
            raise ValueError(f'{index}: the method finds no pose in sequence {name}')
        exact = np.array([frame['pose'] for frame in frames[start:]])
        spread = None if spreads[0] is None else spreads
        films.append(Film(name, times[start:], exact, np.array(found), spread))
    return films


def _sequence(entry: dict) -> str:
    return entry['sequence']


def smooth_film(film: Film, smoother: Smooth | None) -> np.ndarray:
    """The poses (T, 3) of a film after a smoother that has seen nothing yet."""
    if smoother is None:
        return film.found
    spreads = film.spread or [None] * len(film.times)
    frames = zip(film.times.tolist(), film.found, spreads, strict=True)
    return np.array([smoother(time, 1, pose, spread) for time, pose, spread in frames])


def compare_smoothers(films: Sequence[Film], kinds: Sequence[str]) -> dict[str, dict]:
    """Error, jitter and lag of each smoother, and of the poses without one.

    Args:
        films: What a method sees in films.
        kinds: Names of smoothers, see :class:`mmfsa.tracking.PoseSmoother`.

    Returns:
        For `none` and each name: `error` and `p95`, the mean and the 95th percentile of the
        angle to the exact rotation, in degrees; `jitter` in degrees per second and `lag` in
        seconds, see :func:`mmfsa.tracking.measure_stability`.
    """
    results = {}
    for kind in ('none', *kinds):
        clips, errors = [], []
        for film in films:
            smoother = None if kind == 'none' else PoseSmoother(kind)
            smoothed = smooth_film(film, smoother)
            clips.append(Clip(film.times, film.found, smoothed, film.exact))
            errors.append(
                geodesic_distance(pose_to_matrix(smoothed), pose_to_matrix(film.exact))
            )
        errors = np.concatenate(errors)
        found = measure_clips(clips)
        results[kind] = dict(
            error=float(errors.mean()),
            p95=float(np.percentile(errors, 95)),
            jitter=found.smoothed_jitter,
            lag=found.lag,
        )
    return results


def smoother_table(results: dict[str, dict]) -> str:
    """The results of :func:`compare_smoothers` as a table."""
    rows = [
        [
            kind,
            f'{one["error"]:.2f}°',
            f'{one["p95"]:.2f}°',
            f'{one["jitter"]:.1f}°/s',
            f'{1000 * one["lag"]:.0f} ms',
        ]
        for kind, one in results.items()
    ]
    return format_table(HEADER, rows)


def plot_smoothers(film: Film, kinds: Sequence[str]) -> 'Figure':
    """The yaw of one film: exact, found, and smoothed by each smoother.

    Args:
        film: The film.
        kinds: Names of smoothers.
    """
    figure, grid = panels(1, 1, width=10, height=4)
    axes = grid[0, 0]
    axes.plot(
        film.times, film.found[:, 0], '.', color='#999999', label='each frame alone'
    )
    axes.plot(film.times, film.exact[:, 0], color='black', label='exact')
    for kind in kinds:
        smoothed = smooth_film(film, PoseSmoother(kind))
        axes.plot(film.times, smoothed[:, 0], label=kind)
    axes.set(xlabel='time [s]', ylabel='yaw [degrees]')
    axes.legend()
    return figure
