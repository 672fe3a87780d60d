"""Draws figures for reports with matplotlib, without windows and without pyplot.

mmengine needs matplotlib, so it is installed.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from mmfsa.utils.files import replacing

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Okabe and Ito's colours: colour-blind readers can distinguish them.
ANGLE_COLORS = {'yaw': '#0072B2', 'pitch': '#D55E00', 'roll': '#009E73'}
LINE_COLORS = [*ANGLE_COLORS.values(), '#CC79A7', '#E69F00', '#56B4E9', '#000000']


def panels(
    rows: int, columns: int, width: float = 4.0, height: float = 3.0
) -> tuple['Figure', np.ndarray]:
    """A figure with a grid of plots.

    Args:
        rows: Number of rows of the grid.
        columns: Number of columns of the grid.
        width: Width of one plot in inches.
        height: Height of one plot in inches.

    Returns:
        The figure, and its (rows, columns) array of matplotlib's axes.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(columns * width, rows * height), layout='constrained')
    grid = figure.subplots(rows, columns, squeeze=False)
    for axes in grid.flat:
        axes.spines[['top', 'right']].set_visible(False)
        axes.grid(alpha=0.3)
    return figure, grid


def add_legend(figure: 'Figure', axes: 'Axes') -> None:
    """Name the lines of one of a figure's panels above all of them, four in a row."""
    handles, names = axes.get_legend_handles_labels()
    figure.legend(handles, names, loc='outside upper center', ncols=min(4, len(names)))


def plot_poses(faces: dict[str, np.ndarray]) -> 'Figure':
    """Plot yaw, pitch and roll of a video's faces over time, in a panel each.

    Args:
        faces: An array (T, 4) for each face's name: time in seconds; yaw, pitch, roll in
            degrees.
    """
    figure, grid = panels(3, 1, width=10, height=2.2)
    times = np.unique(np.concatenate([rows[:, 0] for rows in faces.values()]))
    step = np.median(np.diff(times)) if len(times) > 1 else np.inf
    for i, (angle, axes) in enumerate(zip(ANGLE_COLORS, grid[:, 0], strict=True)):
        for (name, rows), color in zip(faces.items(), _colors(len(faces)), strict=True):
            x, y = _with_gaps(rows[:, 0], rows[:, i + 1], step)
            axes.plot(x, y, label=name, color=color, linewidth=1.5)
            alone = _alone(y)  # a line of one point shows nothing
            axes.plot(x[alone], y[alone], '.', color=color)
        axes.set_ylabel(f'{angle} [degrees]')
    axes.set_xlabel('time [s]')
    if len(faces) > 1:
        figure.legend(*axes.get_legend_handles_labels(), loc='outside right upper')
    return figure


def _colors(num: int) -> list:
    """As many colours as there are lines: neighbours differ, and none comes twice."""
    from matplotlib import colormaps

    if num <= len(LINE_COLORS):
        return LINE_COLORS[:num]
    golden = np.arange(num) * (5**0.5 - 1) / 2 % 1  # far from those before it
    return [*colormaps['turbo'](0.03 + 0.94 * golden)]


def _with_gaps(
    x: np.ndarray, y: np.ndarray, step: float
) -> tuple[np.ndarray, np.ndarray]:
    """A line (T,) with NaN where frames are missing, and where an angle wraps around."""
    breaks = (np.diff(x) > 1.5 * step) | (np.abs(np.diff(y)) > 180)
    at = np.flatnonzero(breaks) + 1
    return np.insert(x, at, np.nan), np.insert(y, at, np.nan)


def _alone(y: np.ndarray) -> np.ndarray:
    """Which values (T,) have no neighbour."""
    known = np.isfinite(np.concatenate([[np.nan], y, [np.nan]]))
    return known[1:-1] & ~known[:-2] & ~known[2:]


def mark_span(axes: 'Axes', start: float, end: float, name: str, color: str) -> None:
    """Shade a stretch of time in a plot, with its name at the top."""
    axes.axvspan(start, end, color=color, alpha=0.2, lw=0)
    axes.text(
        (start + end) / 2,
        0.97,
        name,
        color=color,
        ha='center',
        va='top',
        transform=axes.get_xaxis_transform(),
    )


def save_figure(figure: 'Figure', path: str | Path) -> None:
    """Write a figure in the format of the path's suffix.

    Args:
        figure: The figure.
        path: The file: `.png`, `.pdf` or `.svg`.

    Raises:
        ValueError: If matplotlib can't write files with this suffix.
    """
    path = Path(path)
    with replacing(path) as temporary:
        figure.savefig(temporary, format=path.suffix.removeprefix('.'), dpi=120)
