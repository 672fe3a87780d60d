"""One picture of a training run: error over the epochs, and faces with their poses.

The faces are those of the results, evenly spread from the left profile to the right, with
the predicted axes; below each one the prediction and the label.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from mmfsa.visualization import draw_axes
from mmfsa.visualization.plots import ANGLE_COLORS, panels, save_figure

from .error_analysis import headline, poses, read_face
from .results import Result, read_results
from .tables import format_table
from .training_log import curve, read_run

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ROWS, COLUMNS = 4, 6  # of faces
COLORS = {**ANGLE_COLORS, 'MAE': 'black'}


def summarize(run: Path, results_file: Path, out: Path) -> str:
    """Draw the picture of a run.

    Args:
        run: Its work directory.
        results_file: The results of one test set, with predictions.
        out: The picture.

    Returns:
        The errors in degrees, as a table.

    Raises:
        FileNotFoundError: A log, the results or an image is not there.
        ValueError: A file is not what it should be, or has no predictions.
    """
    records, results = read_run(run), read_results([results_file])
    if len(results) != 1 or not results[0].predictions:
        raise ValueError(
            'the results must be those of one test set with predictions: mmfsa test '
            '--test-set NAME --predictions'
        )
    (result,) = results
    figure, grid = panels(ROWS, 3 + COLUMNS, width=1.5, height=1.8)
    for axes in grid[:, :3].flat:
        axes.remove()
    draw_curves(figure.add_subplot(grid[0, 0].get_gridspec()[:, :3]), records)
    draw_faces(grid[:, 3:], result)
    figure.suptitle(headline(result))
    save_figure(figure, out)
    errors = [f'{result.metrics[name]:.2f}' for name in (*COLORS, 'geodesic_mean')]
    header = ['degrees', *COLORS, 'geodesic']
    return format_table(header, [[result.test_set, *errors]])


def draw_curves(axes: 'Axes', records: list[dict]) -> None:
    """The errors on the validation set after every epoch."""
    axes.spines[['top', 'right']].set_visible(False)
    axes.grid(alpha=0.3)
    for name, color in COLORS.items():
        epochs, errors = curve(records, f'head_pose/{name}')
        axes.plot(epochs, errors, 'o-', color=color, markersize=3, label=name)
    axes.set(xlabel='epoch', ylabel='mean absolute error [degrees]')
    axes.set_ylim(bottom=0)
    axes.legend()


def draw_faces(grid: np.ndarray, result: Result) -> None:
    """Faces by their labelled yaw, with the predicted axes."""
    pred, gt = poses(result)
    chosen = np.linspace(0, len(gt) - 1, grid.size).round().astype(int)
    for i, axes in zip(np.argsort(-gt[:, 0])[chosen], grid.flat, strict=True):
        face = draw_axes(read_face(result.predictions[i]), pred[i])
        axes.imshow(cv2.cvtColor(face, cv2.COLOR_BGR2RGB))
        axes.set_axis_off()
        lines = (
            ' '.join(f'{angle:.0f}' for angle in pose) + f' {what}'
            for pose, what in ((pred[i], 'predicted'), (gt[i], 'label'))
        )
        axes.set_title('\n'.join(lines), fontsize=6)
