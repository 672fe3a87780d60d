"""All methods side by side: scores with the same boxes, size, work and speed.

The scores are what `mmfsa test --box landmarks68 --out` wrote to docs/logs/comparison;
size, work and speed are those of configs/benchmark.json.
"""

from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from mmfsa.evaluation.results import Result, read_results
from mmfsa.visualization.plots import panels, save_figure

from .config_files import PACKAGE, metafile_models, network_and_tag
from .measured import benchmark
from .names import resolve

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SCORES = PACKAGE.parent / 'docs/logs/comparison'
PROFILE = 'yaw 60-90'
PRINTED_ON = 'AFLW2000'
OWN, OTHERS = '#0072B2', '#D55E00'


@dataclass(frozen=True)
class MethodRow:
    """Weights of a method: what they score, and what they cost.

    Attributes:
        name: NETWORK.TAG.
        network: The network's name.
        is_own: Whether the weights come with mmfsa.
        mae: Mean absolute error in degrees.
        geodesic: Mean geodesic error in degrees.
        profile: Mean absolute error beyond 60 degrees of yaw; None: not on file.
        published: The MAE that the method's authors print for AFLW2000.
        input: The crop in words.
        parameters: Number of trainable parameters.
        multiply_adds: How many one face takes.
        megabytes: How large the exported ONNX file is, in 10^6 bytes.
        milliseconds: How long one face takes alone.
        milliseconds_in_batch: How long a face takes in a batch of 64.
        licence: The licences of the weights' code and of their training data.
    """

    name: str
    network: str
    is_own: bool
    mae: float
    geodesic: float
    profile: float | None
    published: str | None
    input: str
    parameters: int
    multiply_adds: int
    megabytes: float
    milliseconds: float
    milliseconds_in_batch: float
    licence: str | None


def method_rows() -> list[MethodRow]:
    """A row for each results file, the smallest error first.

    Raises:
        ValueError: The files are not of the same faces.
    """
    results = read_results(sorted(SCORES.glob('*.json')))
    faces = {(r.protocol['dataset'], r.protocol['num_kept']) for r in results}
    if len(faces) > 1:
        raise ValueError(f'{SCORES} has results of different faces: {sorted(faces)}')
    return sorted(map(_row, results), key=lambda row: row.mae)


def _row(result: Result) -> MethodRow:
    entry = resolve(result.name)
    measured = benchmark()['networks'][entry.network]
    profile = (result.table or {}).get(PROFILE)
    return MethodRow(
        name=entry.name,
        network=entry.network,
        is_own=entry.weights is not None,
        mae=result.metrics['MAE'],
        geodesic=result.metrics['geodesic_mean'],
        profile=profile and profile['MAE'],
        published=_published(result.model),
        input=measured['input'],
        parameters=measured['parameters'],
        multiply_adds=measured['multiply_adds'],
        megabytes=measured['onnx_bytes'] / 1e6,
        milliseconds=measured['milliseconds'],
        milliseconds_in_batch=measured['milliseconds_of_64'] / 64,
        licence=entry.licence,
    )


def _published(experiment: str) -> str | None:
    """The MAE on all of AFLW2000 that the metafile quotes for an experiment."""
    for model in metafile_models():
        if network_and_tag(model['Name']) == network_and_tag(experiment):
            for result in model.get('Results', []):
                if result['Dataset'] == PRINTED_ON and 'MAE' in result['Metrics']:
                    return f'{result["Metrics"]["MAE"]}'
    return None


def draw_pareto(path: Path) -> None:
    """Draw the error against the time of a face, and against the size of the file.

    A line joins what no other weights beat in both.

    Args:
        path: The picture.
    """
    rows = method_rows()
    figure, grid = panels(1, 2, width=6.5, height=5)
    _scatter(grid[0, 0], rows, [row.milliseconds for row in rows])
    _scatter(grid[0, 1], rows, [row.megabytes for row in rows])
    grid[0, 0].set_xlabel('milliseconds a face, one thread')
    grid[0, 1].set_xlabel('MB of the ONNX file')
    grid[0, 0].set_ylabel('MAE [degrees]')
    save_figure(figure, path)


def _scatter(axes: 'Axes', rows: list[MethodRow], costs: list[float]) -> None:
    from matplotlib.ticker import LogLocator, NullLocator

    errors = [row.mae for row in rows]
    colors = [OWN if row.is_own else OTHERS for row in rows]
    axes.scatter(costs, errors, c=colors, zorder=3)
    axes.set_xscale('log')
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter('{x:g}')
    axes.margins(x=0.15)
    front = pareto_front(np.array(costs), np.array(errors))
    axes.plot(np.array(costs)[front], np.array(errors)[front], color='grey', lw=1)
    _label(axes, [row.name for row in rows], costs, errors)


def _label(
    axes: 'Axes', names: list[str], costs: list[float], errors: list[float]
) -> None:
    """Write names beside points: to the right or left, above or below, where room is."""
    axes.figure.draw_without_rendering()  # places are known only then
    taken = []
    for name, *point in zip(names, costs, errors, strict=True):
        for right, up in product((4, -4), (3, -9, 11, -17)):
            text = axes.annotate(
                name,
                point,
                xytext=(right, up),
                textcoords='offset points',
                ha='left' if right > 0 else 'right',
                fontsize=7,
            )
            place = text.get_window_extent()
            if not any(place.overlaps(other) for other in taken):
                break
            text.remove()
        else:
            continue  # no room: the table names the point
        taken.append(place)


def pareto_front(costs: np.ndarray, errors: np.ndarray) -> np.ndarray:
    """The numbers of the points that no other beats in both, by their cost.

    >>> pareto_front(np.array([3, 1, 2, 4]), np.array([1, 5, 6, 2]))
    array([1, 0])
    """
    order = np.lexsort((errors, costs))
    best = np.minimum.accumulate(errors[order])
    is_better = np.r_[True, best[1:] < best[:-1]]
    return order[is_better]
