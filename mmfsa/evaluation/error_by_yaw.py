"""Draw the errors of methods by the yaw of the face, angle by angle as in Figure 6."""

from pathlib import Path

import numpy as np

from mmfsa.visualization.plots import panels, save_figure

from .reproduction import (
    COLUMNS,
    READ,
    RIGHT,
    YAW_EDGES,
    read_reproduction,
    read_tables,
)

COLOURS = (
    *('#0072B2', '#D55E00', '#009E73', '#CC79A7', '#E69F00', '#56B4E9', '#000000'),
    *('#7F7F7F', '#882255'),
)
LARGEST = 40  # degrees of error that are drawn
FEWEST = 5  # faces: a mean of fewer says little
CENTRES = (np.array(YAW_EDGES[:-1]) + YAW_EDGES[1:]) / 2
MARKERS = 'o^sDv'


def draw_error_by_yaw(results: Path, path: Path, table: str = 'table1') -> None:
    """Draw the mean absolute errors over the label's yaw, each angle in a column.

    The first row has the methods whose authors read the angles as the labels do. The
    others are of the methods that (probably) read them in another order: once read right,
    once as published.

    Args:
        results: What :func:`~mmfsa.evaluation.reproduction.reproduce` wrote.
        path: The picture.
        table: The table whose rows are drawn.

    Raises:
        ValueError: The file has no result of the table.
    """
    (part,) = read_tables(table)
    found = read_reproduction(results)
    drawn = {
        f'{measure.experiment} (row: {row.name})': (row.order, found[key]['by_yaw'])
        for row in part.rows
        for measure in row.measures
        for key in [measure.key(part.dataset)]
        if key in found
    }
    straight = {k: bins for k, (order, bins) in drawn.items() if order == RIGHT}
    others = {k: bins for k, (order, bins) in drawn.items() if order != RIGHT}
    rows = [
        (', networks', RIGHT, straight),
        (', read right', RIGHT, others),
        (', read as published', READ[1], others),
    ]
    rows = [row for row in rows if row[2]]
    if not rows:
        raise ValueError(f'{results} has no result of {table}')
    figure, grid = panels(len(rows), len(COLUMNS), width=4.2, height=3.4)
    for line, (title, order, methods) in zip(grid, rows, strict=True):
        for axes, name in zip(line, COLUMNS, strict=True):
            for i, (label, bins) in enumerate(methods.items()):
                axes.plot(
                    CENTRES,
                    [
                        one[order][name] if one and one['num'] >= FEWEST else np.nan
                        for one in bins
                    ],
                    color=COLOURS[i % len(COLOURS)],
                    marker=MARKERS[i % len(MARKERS)],
                    markersize=4,
                    label=label,
                )
            axes.set_title(f'{name}{title}', fontsize=10)
            axes.set_xticks(range(-90, 91, 30))
            axes.set_ylim(0, LARGEST)
        line[-1].legend(loc='center left', bbox_to_anchor=(1.02, 0.5), fontsize=8)
    for axes in grid[-1]:
        axes.set_xlabel("the label's yaw [degrees]")
    for axes in grid[:, 0]:
        axes.set_ylabel('mean absolute error [degrees]')
    save_figure(figure, path)
