"""How much a pose jitters: a crop moves a little, the face does not."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from mmfsa.inputs import InputSpec
from mmfsa.structures import geodesic_distance, pose_to_matrix, wrap_degrees
from mmfsa.utils.files import write_json
from mmfsa.utils.progress import track
from mmfsa.visualization.plots import add_legend, panels, save_figure

from .faces import crops_of, read_faces
from .networks import Network, load_networks

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PIXELS = 0.5, 1, 1.5, 2, 3  # of the network's crop
SCALES = 0.01, 0.02, 0.04, 0.06  # that the crop is wider, or narrower
WAYS = (1, 0), (-1, 0), (0, 1), (0, -1)
MOVED = 'the crop is moved by so many of its pixels'
SCALED = 'the crop is wider or narrower by [%]'


def compare_jitter(models: Iterable[str], data_root: str, out: Path) -> str:
    """Measure networks, draw their jitter, and write the numbers beside the picture.

    Args:
        models: See :func:`~mmfsa.evaluation.networks.load_networks`.
        data_root: A data set with boxes of faces.
        out: The picture; its numbers get the same name, with .json.

    Returns:
        The jitter of one pixel, a line for each network.

    Raises:
        FileNotFoundError: Weights or faces are not there.
        ValueError: Weights don't name their experiment.
    """
    jitter = measure(load_networks(models), data_root)
    write_json(jitter, out.with_suffix('.json'))
    save_figure(draw(jitter), out)
    one = PIXELS.index(1)
    moved = jitter[MOVED]
    return '\n'.join(
        f'{name}: {values[one]:.2f}° per pixel, '
        f'{moved["angles"][name][one]:.2f}° an angle'
        for name, values in moved['degrees'].items()
    )


def measure(networks: dict[str, Network], data_root: str) -> dict[str, dict]:
    """How far the poses of faces within ±99° are from those in the unmoved crop.

    Args:
        networks: The networks, by name.
        data_root: A data set with boxes of faces.

    Returns:
        For each kind of change its `levels`, and by the networks' names the mean geodesic
        distance `degrees` and the mean change of an angle `angles`, over the ways to move
        (four) or scale (two) and the faces that have a pose in both crops.
    """
    faces, _ = read_faces(data_root)
    jitter = {
        MOVED: dict(levels=PIXELS, degrees={}, angles={}),
        SCALED: dict(levels=[100 * scale for scale in SCALES], degrees={}, angles={}),
    }
    for name, network in track(networks.items(), 'Measuring'):
        spec = network.spec
        still = network.estimate(crops_of(faces, spec))
        matrices = pose_to_matrix(still)
        moved = [[move(spec, level, way) for way in WAYS] for level in PIXELS]
        scaled = [[widen(spec, sign * level) for sign in (1, -1)] for level in SCALES]
        for kind, specs in ((MOVED, moved), (SCALED, scaled)):
            for ways in specs:
                seen = np.array(
                    [network.estimate(crops_of(faces, one)) for one in ways]
                )
                turns = geodesic_distance(pose_to_matrix(seen), matrices)
                angles = np.abs(wrap_degrees(seen - still))
                for key, change in (('degrees', turns), ('angles', angles)):
                    mean = round(float(np.nanmean(change)), 3)
                    jitter[kind][key].setdefault(name, []).append(mean)
    return jitter


def move(spec: InputSpec, pixels: float, way: tuple[int, int]) -> InputSpec:
    """The spec with its crop moved to the right (down) by pixels of the network."""
    rule = spec.crop
    shift = [
        old + step * pixels * rule.scale / side
        for old, step, side in zip(rule.shift, way, spec.size, strict=True)
    ]
    return spec.changed(crop=dict(shift=shift))


def widen(spec: InputSpec, share: float) -> InputSpec:
    """The spec with a wider crop; with a narrower one where the share is below 0."""
    return spec.changed(crop=dict(scale=spec.crop.scale * (1 + share)))


def draw(jitter: dict[str, dict]) -> 'Figure':
    """The jitter of :func:`measure`, a panel for each kind of change."""
    figure, grid = panels(1, len(jitter), width=4.4, height=3.4)
    for axes, (kind, test) in zip(grid[0], jitter.items(), strict=True):
        for name, degrees in test['degrees'].items():
            axes.plot([0, *test['levels']], [0, *degrees], marker='o', ms=3, label=name)
        axes.set_xlabel(kind)
        axes.set_xlim(left=0)
        axes.set_ylim(bottom=0)
    grid[0, 0].set_ylabel('the pose changes by [degrees]')
    add_legend(figure, grid[0, 0])
    return figure
