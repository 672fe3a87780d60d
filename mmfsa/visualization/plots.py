"""Draws figures for reports with matplotlib, without windows and without pyplot.

mmengine needs matplotlib, so it is installed.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from mmfsa.utils.files import replacing

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Okabe and Ito's colours: colour-blind readers can distinguish them.
ANGLE_COLORS = {'yaw': '#0072B2', 'pitch': '#D55E00', 'roll': '#009E73'}


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


def plot_poses(faces: dict[str, np.ndarray]) -> 'Figure':
    """Plot yaw, pitch and roll of a video's faces over time, in a panel each.

    Args:
        faces: An array (T, 4) for each face's name: time in seconds; yaw, pitch, roll in
            degrees.
    """
    figure, grid = panels(3, 1, width=10, height=2.2)
    for i, (angle, axes) in enumerate(zip(ANGLE_COLORS, grid[:, 0], strict=True)):
        for name, rows in faces.items():
            axes.plot(rows[:, 0], rows[:, i + 1], label=name)
        axes.set_ylabel(f'{angle} [degrees]')
    axes.set_xlabel('time [s]')
    if len(faces) > 1:
        figure.legend(*axes.get_legend_handles_labels(), loc='outside right upper')
    return figure


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
