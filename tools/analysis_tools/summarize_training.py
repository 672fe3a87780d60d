"""One picture of a training run: error over the epochs, and what it says of faces.

    python tools/test.py CONFIG CHECKPOINT --out results.json --predictions
    python tools/analysis_tools/summarize_training.py work_dirs/RUN results.json \\
        --out summary.png

The faces are those of the results, evenly spread from the left profile to the right,
with the predicted axes; below each one the prediction and the label.
"""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
from _results import Result, read_results
from analyze_logs import curve, read_run
from error_analysis import headline, poses, read_face

from mmfsa.evaluation.tables import format_table
from mmfsa.utils.cli import clear_errors
from mmfsa.visualization import draw_axes
from mmfsa.visualization.plots import ANGLE_COLORS, panels, save_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ROWS, COLUMNS = 4, 6  # of faces
COLORS = {**ANGLE_COLORS, 'MAE': 'black'}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument('run', type=Path, help='its work directory')
    parser.add_argument('results', type=Path, help='of one test set')
    parser.add_argument('--out', type=Path, required=True, metavar='PNG')
    args = parser.parse_args()
    with clear_errors():
        summarize(read_run(args.run), read_results([args.results]), args.out)


def summarize(records: list[dict], results: list[Result], out: Path) -> None:
    if len(results) != 1 or not results[0].predictions:
        raise ValueError(
            'the results must be those of one test set with predictions: tools/test.py '
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
    print(format_table(header, [[result.test_set, *errors]]))
    print(f'wrote {out}')


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


if __name__ == '__main__':
    main()
