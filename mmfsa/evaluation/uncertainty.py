"""Whether networks know how sure they are: the spread of their poses beside the errors."""

import math
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from mmfsa.methods import CropMethod
from mmfsa.structures import (
    geodesic_distance,
    matrix_to_rotation_vector,
    pose_to_matrix,
    spread_in_one_number,
)
from mmfsa.utils.files import write_json
from mmfsa.visualization.plots import panels, save_figure

from .faces import crops_of, read_faces
from .networks import Network, load_networks

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LEVELS = np.arange(0.05, 1, 0.05)  # of confidence
GROUPS = 10  # of faces with about the same spread
KEPT = np.arange(0.1, 1.001, 0.05)  # shares of the faces


def compare_uncertainty(
    models: Iterable[str], data_root: str, out: Path, split: dict | None = None
) -> str:
    """Measure networks, draw what they know, and write the numbers beside the picture.

    Args:
        models: See :func:`~mmfsa.evaluation.networks.load_networks`.
        data_root: A data set with boxes of faces.
        out: The picture; its numbers get the same name, with .json.
        split: Which faces, see :func:`mmfsa.datasets.split.select`; all by default.

    Returns:
        The calibration errors and risks, a line for each network.

    Raises:
        FileNotFoundError: Weights or faces are not there.
        ValueError: A network does not say its spread, or weights don't name their
            experiment.
    """
    faces, labels = read_faces(data_root, split)
    truth = pose_to_matrix(labels.astype(np.float64))
    measured = {
        name: measure(*answers(name, network, faces), truth)
        for name, network in load_networks(models).items()
    }
    write_json(measured, out.with_suffix('.json'))
    save_figure(draw(measured), out)
    return '\n'.join(f'{name}: {in_words(one)}' for name, one in measured.items())


def in_words(one: dict) -> str:
    """What :func:`measure` says of a network, in a line."""
    risk, best = one['risk'], one['best_risk']
    return (
        f'expected calibration error {one["calibration_error"]:.3f}, best factor of the '
        f'spread {one["factor"]:.2f}; mean error {risk[-1]:.2f}°, of the surer half '
        f'{risk[half()]:.2f}°, of the half with the smaller errors {best[half()]:.2f}°'
    )


def half() -> int:
    """Where the surer half of the faces stands in a risk–coverage curve."""
    return int(np.abs(KEPT - 0.5).argmin())


def answers(
    name: str, network: Network, faces: list[dict]
) -> tuple[np.ndarray, np.ndarray]:
    """What a network says of faces: rotations (N, 3, 3) and covariances (N, 3, 3).

    Raises:
        ValueError: The network does not say its spread.
    """
    outputs = {}  # a method of landmarks has no spread
    if isinstance(network, CropMethod):
        outputs = network.network.run_crops(crops_of(faces, network.spec))
    if 'spread' not in outputs:
        raise ValueError(f'{name} does not say how unsure it is: it has no spread')
    spread = np.asarray(outputs['spread'], dtype=np.float64)
    if spread.ndim == 1:
        spread = spread[:, None, None] ** 2 * np.eye(3)
    return pose_to_matrix(np.asarray(outputs['pose'], dtype=np.float64)), spread


def measure(found: np.ndarray, spread: np.ndarray, truth: np.ndarray) -> dict:
    """How well spreads say errors.

    Args:
        found: (N, 3, 3) rotations.
        spread: (N, 3, 3) covariances of the rotation vector about the heads' own axes, in
            square degrees.
        truth: (N, 3, 3) labelled rotations.

    Returns:
        * ``confidence``, ``observed``: of a Gaussian's ellipsoids that should hold so many
          of the labels, how many they hold; ``calibration_error``: the mean difference
          (Kuleshov et al., ICML 2018, Equation 9 with the absolute value);
        * ``factor``: by which all spreads would have to grow for the most probable labels;
        * ``spread``, ``error``: in groups of faces with about the same spread, the root
          mean squares of both, about one axis, in degrees;
        * ``coverage``, ``risk``: the mean geodesic error in degrees of the surest faces,
          for shares of them; ``best_risk``: where the order is that of the errors.
    """
    from scipy.stats import chi2

    turn = np.swapaxes(found, 1, 2) @ truth
    error = np.degrees(matrix_to_rotation_vector(turn))
    distances = np.einsum('ni,nij,nj->n', error, np.linalg.inv(spread), error)
    observed = [(distances <= limit).mean() for limit in chi2.ppf(LEVELS, df=3)]
    sizes = spread_in_one_number(spread)
    order = np.argsort(sizes)
    groups = np.array_split(order, GROUPS)
    geodesic = geodesic_distance(found, truth)
    ends = np.maximum(1, np.round(KEPT * len(order)).astype(int))
    measured = dict(
        num=len(order),
        confidence=LEVELS,
        observed=observed,
        calibration_error=np.abs(observed - LEVELS).mean(),
        factor=math.sqrt((distances / 3).mean()),
        spread=[np.sqrt((sizes[g] ** 2).mean()) for g in groups],
        error=[np.sqrt((error[g] ** 2).mean()) for g in groups],
        coverage=KEPT,
        risk=[geodesic[order[:end]].mean() for end in ends],
        best_risk=[np.sort(geodesic)[:end].mean() for end in ends],
    )
    return {key: np.round(value, 4).tolist() for key, value in measured.items()}


def draw(measured: dict[str, dict]) -> 'Figure':
    """Calibration, errors by spread, and risk by coverage, of several networks."""
    figure, ((calibration, size, risk),) = panels(1, 3, width=4.2, height=3.6)
    calibration.plot([0, 1], [0, 1], color='0.6', lw=1)
    largest = max(max(one['spread'] + one['error']) for one in measured.values())
    size.plot([0, largest], [0, largest], color='0.6', lw=1)
    for name, one in measured.items():
        label = f'{name} (calibration error {one["calibration_error"]:.3f})'
        (line,) = calibration.plot(
            one['confidence'], one['observed'], 'o-', ms=3, label=label
        )
        style = dict(color=line.get_color())
        size.plot(one['spread'], one['error'], 'o-', ms=3, **style)
        risk.plot(one['coverage'], one['risk'], 'o-', ms=3, **style)
        risk.plot(one['coverage'], one['best_risk'], ':', **style)
    calibration.set(
        xlabel='labels that the spread should hold', ylabel='labels that it holds'
    )
    size.set(
        xlabel='the spread that is said [degrees]',
        ylabel='root mean square error\nabout an axis [degrees]',
    )
    risk.set(
        xlabel='share of the faces, the surest first',
        ylabel='their mean error [degrees]\n(dotted: the order is that of the errors)',
    )
    risk.set_ylim(bottom=0)
    figure.legend(loc='outside upper center', ncols=2)
    return figure
