"""Figures for reports, drawn without pyplot: no window, nothing global changes.

Needs matplotlib, which mmengine brings along.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from mmfsa.utils.files import replacing

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Okabe and Ito's colours, which colour-blind readers can tell apart.
ANGLE_COLORS = {'yaw': '#0072B2', 'pitch': '#D55E00', 'roll': '#009E73'}


def panels(
    rows: int, columns: int, width: float = 4.0, height: float = 3.0
) -> tuple['Figure', np.ndarray]:
    """A figure with a grid of plots.

    Args:
        rows: Of the grid.
        columns: Of the grid.
        width: Of one plot, in inches.
        height: Of one plot, in inches.

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
    """Yaw, pitch and roll of a video's faces over time, a panel each.

    Args:
        faces: Of each face, by its name: (T, 4) time in seconds, yaw, pitch, roll in
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
    """Write a figure as what the path's suffix says: .png, .pdf, .svg.

    Raises:
        ValueError: matplotlib does not write such files.
    """
    path = Path(path)
    with replacing(path) as temporary:
        figure.savefig(temporary, format=path.suffix.removeprefix('.'), dpi=120)
