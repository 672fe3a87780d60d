"""Where a model errs: figures from results files that hold predictions."""

import re
import textwrap
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from mmfsa.datasets.transforms import CropFace
from mmfsa.structures import (
    FaceSample,
    geodesic_distance,
    pose_to_matrix,
    wrap_degrees,
)
from mmfsa.utils.images import read_image, write_image
from mmfsa.utils.progress import track
from mmfsa.utils.reading import read_arrays
from mmfsa.visualization import draw_axes
from mmfsa.visualization.draw_faces import draw_faces
from mmfsa.visualization.plots import ANGLE_COLORS, panels, save_figure

from .head_pose_metric import pose_errors
from .results import Result, read_results
from .tables import format_table

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BIN = 15  # degrees
FEWEST = 5  # faces that make a mean worth drawing
NEAR = 60  # degrees of yaw: beyond, pitch and roll are ill-conditioned
TILE = 160  # pixels
WORST = 25


def analyze(paths: Iterable[Path], out: Path) -> Iterator[str]:
    """Draw the figures of several results files.

    Per result: the errors against the label's yaw, pitch and roll, their distribution,
    and the worst images with label and prediction. Over all: every angle side by side,
    as in the FSA-Net paper's Figure 6.

    Args:
        paths: Results files with predictions.
        out: The folder of the figures.

    Yields:
        A line of text for each figure, and a table of errors for each result.

    Raises:
        FileNotFoundError: A file or an image is not there.
        ValueError: A file is not a results file, or holds no predictions.
    """
    results = read_results(paths)
    for result in results:
        if not result.predictions:
            raise ValueError(
                f'{headline(result)}: no predictions in its results file; run '
                'mmfsa test with --predictions'
            )

    def save(figure: 'Figure', name: str) -> str:
        save_figure(figure, out / f'{name}.png')
        return f'wrote {out / name}.png'

    yield save(compare_angles(results), 'angles')
    for result in results:
        name = re.sub(r'[^\w.-]+', '_', f'{result.name}_{result.protocol["dataset"]}')
        bins = bin_errors(*poses(result))
        yield f'\n{headline(result)}\n\n{bin_table(bins)}\n'
        yield slope_line(*poses(result))
        yield save(plot_bins(bins, headline(result)), f'{name}_against_label')
        yield save(plot_distribution(result), f'{name}_distribution')
        yield save(draw_worst(result), f'{name}_worst')


def poses(result: Result) -> tuple[np.ndarray, np.ndarray]:
    """Predictions and labels (N, 3): yaw, pitch, roll in degrees."""
    return tuple(
        np.array([p[key] for p in result.predictions]) for key in ('pred', 'gt')
    )


def geodesic_errors(pred: np.ndarray, gt: np.ndarray) -> np.ndarray:
    """The angles (N,) in degrees between the rotations of poses (N, 3)."""
    return geodesic_distance(pose_to_matrix(pred), pose_to_matrix(gt))


def headline(result: Result) -> str:
    """A result's name and test set, as a title."""
    return f'{result.name}: {result.test_set}'


def compare_angles(results: list[Result]) -> 'Figure':
    """The MAE of each angle, a panel for each protocol (FSA-Net paper, Figure 6)."""

    def protocol(result):
        return str(result.protocol)

    groups = [[*group] for _, group in groupby(sorted(results, key=protocol), protocol)]
    width = max(5, 1 + max(map(len, groups)))
    figure, grid = panels(1, len(groups), width=width, height=4)
    for group, axes in zip(groups, grid.flat, strict=True):
        share = 0.8 / len(group)
        for i, result in enumerate(group):
            x = np.arange(3) + (i - (len(group) - 1) / 2) * share
            heights = [result.metrics[angle] for angle in ANGLE_COLORS]
            bars = axes.bar(x, heights, share, label=result.name, zorder=2)
            axes.bar_label(bars, fmt='%.2f', fontsize=6)
        axes.set_xticks(range(3), ANGLE_COLORS)
        axes.set_ylabel('MAE [degrees]')
        rule = '; '.join(
            f'{field}: {group[0].protocol[field]}'
            for field in ('split', 'box_source', 'crop')
            if group[0].protocol[field] is not None
        )
        title = f'{group[0].test_set}\n{textwrap.fill(rule, 80)}'
        axes.set_title(title, fontsize=7)
        axes.legend(
            fontsize=7, ncols=2, loc='upper center', bbox_to_anchor=(0.5, -0.08)
        )
    return figure


def bin_errors(
    pred: np.ndarray, gt: np.ndarray
) -> dict[str, dict[int, dict[str, float]]]:
    """Errors by the label's angle; 350 degrees too many are 10 too few.

    Args:
        pred: (N, 3) predicted yaw, pitch, roll in degrees.
        gt: (N, 3) labelled yaw, pitch, roll in degrees.

    Returns:
        Per angle and lower edge of a bin in degrees, which belongs to it: the number
        of faces ``num`` and :func:`mmfsa.evaluation.pose_errors`. No empty bins.
    """
    pred = gt + wrap_degrees(pred - gt)
    lower = np.floor(gt / BIN).astype(int) * BIN
    return {
        angle: {
            int(edge): {
                'num': int((column == edge).sum()),
                **pose_errors(pred[column == edge], gt[column == edge]),
            }
            for edge in np.unique(column)
        }
        for angle, column in zip(ANGLE_COLORS, lower.T, strict=True)
    }


def bin_table(bins: dict) -> str:
    """The errors of :func:`bin_errors` as text."""
    columns = *ANGLE_COLORS, 'geodesic_mean', *(f'{a}_bias' for a in ANGLE_COLORS)
    rows = [
        [f'{angle} {edge} to {edge + BIN}', str(errors['num'])]
        + [f'{errors[column]:.2f}' for column in columns]
        for angle, edges in bins.items()
        for edge, errors in edges.items()
    ]
    return format_table(['label', 'faces', *columns], rows)


def slopes(pred: np.ndarray, gt: np.ndarray) -> np.ndarray:
    """How far predictions follow the labels: the slopes of their regression lines.

    A network that reads an angle too small has a slope below 1.

    Args:
        pred: (N, 3) predicted yaw, pitch, roll in degrees.
        gt: (N, 3) labelled yaw, pitch, roll in degrees.

    Returns:
        (3,) one slope for each angle.
    """
    from_mean = gt - gt.mean(axis=0)
    return (from_mean * (pred - pred.mean(axis=0))).sum(0) / (from_mean**2).sum(0)


def slope_line(pred: np.ndarray, gt: np.ndarray) -> str:
    """The slopes of the faces within ±60° of yaw, as text."""
    near = np.abs(gt[:, 0]) < NEAR
    if near.sum() < FEWEST:
        return f'slopes: fewer than {FEWEST} faces lie within ±{NEAR}° of yaw'
    found = zip(ANGLE_COLORS, slopes(pred[near], gt[near]), strict=True)
    listed = ', '.join(f'{angle} {slope:.3f}' for angle, slope in found)
    return (
        f'slopes of prediction on label, {near.sum()} faces within ±{NEAR}° of yaw: '
        f'{listed}\n'
    )


def plot_bins(bins: dict, title: str) -> 'Figure':
    """Size and sign of the errors against the label's angles."""
    figure, grid = panels(2, 3, width=4.6, height=3.2)
    figure.suptitle(f'{title}\n(no lines where a bin has fewer than {FEWEST} faces)')
    for (angle, edges), (size, sign) in zip(bins.items(), grid.T, strict=True):
        middles = np.array([*edges]) + BIN / 2
        num = np.array([errors['num'] for errors in edges.values()])

        def column(key, edges=edges, num=num):
            values = [errors[key] for errors in edges.values()]
            return np.where(num >= FEWEST, values, np.nan)

        for name, color in ANGLE_COLORS.items():
            size.plot(middles, column(name), 'o-', ms=3, color=color, label=name)
            sign.plot(middles, column(f'{name}_bias'), 'o-', ms=3, color=color)
        size.plot(middles, column('geodesic_mean'), 'k--', lw=1, label='geodesic')
        size.set_ylim(bottom=0)
        size.set_xticks(range(-180, 181, 30))
        size.set_xlim(middles[0] - BIN, middles[-1] + BIN)
        sign.sharex(size)
        sign.axhline(0, color='black', lw=0.8)
        sign.set_xlabel(f'labelled {angle} [degrees]')

        counts = size.twinx()
        counts.bar(middles, num, BIN * 0.9, color='0.88')
        counts.set_ylim(0, 2.2 * max(num))
        counts.set_yticks([])
        counts.spines[:].set_visible(False)
        for x, number in zip(middles, num, strict=True):
            counts.text(x, 0, number, ha='center', va='bottom', fontsize=6)
        size.set_zorder(counts.get_zorder() + 1)  # the lines before the counts
        size.patch.set_visible(False)
    size, sign = grid[:, 0]
    size.set_ylabel('mean error [degrees]\n(grey: number of faces)')
    sign.set_ylabel('bias: prediction - label\n[degrees]')
    size.legend(fontsize=8, loc='upper center')
    return figure


def plot_distribution(result: Result) -> 'Figure':
    """Which share of the faces has an error of at most …, and the signed errors."""
    pred, gt = poses(result)
    errors = pred - gt
    geodesic = geodesic_errors(pred, gt)
    figure, ((share, sign),) = panels(1, 2, width=5.5, height=3.8)
    figure.suptitle(headline(result))
    lines = [*zip(ANGLE_COLORS, np.abs(errors).T, ANGLE_COLORS.values(), strict=True)]
    for name, values, color in [*lines, ('geodesic', geodesic, 'black')]:
        median, p95 = np.percentile(values, [50, 95])
        label = f'{name}: median {median:.1f}, 95 % {p95:.1f}'
        share.ecdf(values, color=color, label=label)
    share.set(xlabel='error at most [degrees]', ylabel='share of the faces')
    share.set_xlim(0, np.percentile(geodesic, 99))
    share.legend(fontsize=8, loc='lower right')

    limit = max(5, int(np.percentile(np.abs(errors), 99)))
    edges = np.linspace(-limit, limit, 41)
    for (name, color), values in zip(ANGLE_COLORS.items(), errors.T, strict=True):
        label = f'{name}: bias {values.mean():+.2f}, deviation {values.std():.2f}'
        # Beyond the limits counts at them.
        inside = values.clip(-limit, limit)
        sign.hist(inside, edges, histtype='step', color=color, label=label, lw=1.5)
    sign.axvline(0, color='black', lw=0.8)
    sign.set(xlabel='prediction - label [degrees]', ylabel='faces')
    sign.set_ylim(top=1.3 * sign.get_ylim()[1])
    sign.legend(fontsize=8)
    return figure


def draw_worst(result: Result) -> 'Figure':
    """The faces of the largest geodesic errors, the label's axes beside the prediction's.

    Raises:
        FileNotFoundError: An image is not there any more.
    """
    pred, gt = poses(result)
    geodesic = geodesic_errors(pred, gt)
    worst = np.argsort(-geodesic)[:WORST]
    figure, grid = panels(-(-len(worst) // 5), 5, width=3.2, height=2.1)
    figure.suptitle(
        f'{headline(result)}\nThe worst, label on the left and prediction on the right '
        '(yaw, pitch, roll); blue points where the face looks, green down, red to its side'
    )
    for axes in grid.flat:
        axes.set_axis_off()
    for i, axes in zip(worst, grid.flat, strict=False):
        face = read_face(result.predictions[i])
        pair = [draw_axes(face.copy(), pose) for pose in (gt[i], pred[i])]
        axes.imshow(cv2.cvtColor(np.hstack(pair), cv2.COLOR_BGR2RGB))
        path = Path(result.predictions[i]['img_path'])
        angles = '  |  '.join(
            ' '.join(f'{angle:.0f}' for angle in pose) for pose in (gt[i], pred[i])
        )
        name = f'{path.parent.name}/{path.name}'
        axes.set_title(f'{geodesic[i]:.0f}°: {name}\n{angles}', fontsize=7)
    return figure


def show(predictions: Iterable[dict], folder: Path) -> None:
    """Write a picture of each face: the label in thin axes, the prediction in thick ones.

    Args:
        predictions: Those of a results file, or of a metric.
        folder: Where the pictures go. Their names are the numbers of the faces and the
            names of their images.

    Raises:
        FileNotFoundError: An image is not there any more.
    """
    faces = list(predictions)
    for i, prediction in enumerate(track(faces, 'Drawing')):
        sample = FaceSample(
            gt_pose=prediction['gt'], valid=prediction['pred'] is not None
        )
        if sample.valid:
            sample.pred_pose = prediction['pred']
        face = draw_faces(read_face(prediction), [sample])
        write_image(face, folder / f'{i:05}_{Path(prediction["img_path"]).stem}.jpg')


def read_face(prediction: dict) -> np.ndarray:
    """What the network saw of an image, or all of it where the results don't tell.

    Returns:
        (TILE, TILE, 3) BGR uint8; its proportions are the image's.
    """
    path = prediction['img_path']
    if path.endswith('.npz'):
        img = _npz_images(path)[prediction['img_id']]
    else:
        try:
            img = read_image(path)
        except (OSError, ValueError) as e:
            raise FileNotFoundError(
                f'{path} cannot be read: draw the worst images where the data set lies'
            ) from e
    height, width = img.shape[:2]
    box = prediction.get('crop_box') or (0, 0, width, height)
    crop = CropFace(pad=0, square=True, border='constant', size=(TILE, TILE))
    return crop(dict(img=img, img_path=path, face_box=box))['img']


@cache
def _npz_images(path: str) -> np.ndarray:
    return read_arrays(path)['image']
