"""What a network tolerates of what detectors and cameras do to a face.

Each test changes one thing by degrees: the crop's scale and place, the head's turn in the
image, blur, compression, brightness, light, grey, occlusion, the face's resolution.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
from mmcv.transforms import Compose

from mmfsa.datasets.transforms import (
    Blur,
    ColorJitter,
    CropFace,
    Darken,
    JPEGCompress,
    Occlude,
    RotateInPlane,
)
from mmfsa.datasets.transforms.formatting import seen_planes
from mmfsa.inputs import InputSpec
from mmfsa.utils.files import write_json
from mmfsa.utils.progress import track
from mmfsa.visualization.plots import add_legend, panels, save_figure

from .faces import read_faces
from .head_pose_metric import pose_errors
from .networks import Network, load_networks

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LIGHT = 'share of the light that is left'
ANSWERED = 0.95  # of the faces need a pose, else their error says little


class Shrink:
    """Keep of a crop what is left when the face box has a given number of pixels.

    Args:
        face_pixels: The side of the face box.
        scale: The side of the crop, in sides of the face box.
    """

    def __init__(self, face_pixels: int, scale: float) -> None:
        self.side = round(face_pixels * scale)

    def __call__(self, results: dict) -> dict:
        img = results['img']
        small = cv2.resize(img, (self.side, self.side), interpolation=cv2.INTER_AREA)
        results = {**results, 'img': cv2.resize(small, img.shape[1::-1])}
        if 'depth' in results:
            side, nearest = (self.side, self.side), cv2.INTER_NEAREST
            small = cv2.resize(results['depth'], side, interpolation=nearest)
            size = img.shape[1::-1]
            results['depth'] = cv2.resize(small, size, interpolation=nearest)
        return results


def colour(**change: float) -> ColorJitter:
    """A change of all crops by the same factors."""
    ranges = dict.fromkeys(('brightness', 'contrast', 'saturation', 'tint'), (1, 1))
    return ColorJitter(
        **ranges | {name: (value, value) for name, value in change.items()}, prob=1
    )


def changes(spec: InputSpec) -> dict[str, tuple[tuple, Callable[[float], list]]]:
    """The tests of a network.

    Args:
        spec: Its input spec.

    Returns:
        By the name of what changes: its levels, and the transforms from an image to a crop
        at a level.
    """

    def cut(**change: float) -> CropFace:
        return CropFace(**change, inputs=spec)

    pads = spec.crop.pad
    official = 1 + pads[0] + pads[2]  # width of the crop, in widths of the face box
    pixel = spec.size[0] / 64
    return {
        'crop, times the official one': (
            (0.8, 0.9, 1, 1.1, 1.2, 1.3),
            lambda scale: [cut(scale=scale * spec.crop.scale)],
        ),
        'shift, up to, of the face box': (
            (0, 0.05, 0.1, 0.15, 0.2),
            lambda shift: [cut(shift=shift)],
        ),
        'turn in the image, up to [degrees]': (
            (5, 15, 30, 45),
            lambda angle: [cut(), RotateInPlane(angle, prob=1)],
        ),
        'side of the face box [pixels]': (
            (12, 16, 20, 24, 29),
            lambda pixels: [cut(), Shrink(pixels, official)],
        ),
        'blur, standard deviation [pixels of 64]': (
            (0.3, 0.6, 1, 1.5, 2),
            lambda sigma: [cut(), Blur((sigma * pixel, sigma * pixel), prob=1)],
        ),
        'quality of JPEG': (
            (10, 20, 30, 50, 90),
            lambda quality: [cut(), JPEGCompress((quality, quality), prob=1)],
        ),
        'times the brightness': (
            (0.1, 0.2, 0.4, 0.7, 1, 1.5, 2),
            lambda factor: [cut(), colour(brightness=factor)],
        ),
        LIGHT: (
            (0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1),
            lambda level: [cut(), Darken((level, level), prob=1)],
        ),
        'times the colour; 0: grey': (
            (0, 0.5, 1, 1.5),
            lambda factor: [cut(), colour(saturation=factor)],
        ),
        "occluder, of the crop's side": (
            (0, 0.1, 0.2, 0.3, 0.4),
            lambda side: [cut(), Occlude((side, side), prob=1)],
        ),
    }


def compare_robustness(
    models: Iterable[str], data_root: str, out: Path, only: str = ''
) -> None:
    """Measure networks, draw their errors, and write the numbers beside the picture.

    Args:
        models: See :func:`~mmfsa.evaluation.networks.load_networks`.
        data_root: A data set with boxes of landmarks.
        out: The picture; its numbers get the same name, with .json.
        only: A part of the names of the tests to do; empty: all tests.

    Raises:
        FileNotFoundError: Weights or faces are not there.
        ValueError: Weights don't name their experiment, or no test has such a name.
    """
    errors = measure(load_networks(models), data_root, only)
    write_json(errors, out.with_suffix('.json'))
    save_figure(draw(errors), out)


def measure(
    networks: dict[str, Network], data_root: str, only: str = ''
) -> dict[str, dict]:
    """The errors of networks on changed faces within ±99°.

    Networks with the same crop see the same changed crops.

    Args:
        networks: The networks, by name.
        data_root: A data set with boxes of landmarks; with depth maps, where a network sees
            depth.
        only: A part of the names of the tests to do.

    Returns:
        For each test its `levels`, and by the networks' names their errors `MAE` in
        degrees (:func:`mean_error`).
    """
    with_depth = any(network.spec.has_depth for network in networks.values())
    faces, _ = read_faces(data_root, with_depth=with_depth)
    tests = {network.spec: changes(network.spec) for network in networks.values()}
    errors = {}
    names = next(iter(tests.values()))
    chosen = {name: test for name, test in names.items() if only in name}
    if not chosen:
        raise ValueError(f'no test is named {only!r}: there are {", ".join(names)}')
    for name, (levels, _) in track(chosen.items(), 'Measuring'):
        mae = defaultdict(list)
        for level in levels:
            seen = {spec: change(faces, t[name][1](level)) for spec, t in tests.items()}
            for label, network in networks.items():
                images, labels = seen[network.spec]
                mae[label].append(mean_error(network.estimate(images), labels))
        errors[name] = dict(levels=levels, MAE=dict(mae))
    return errors


def mean_error(poses: np.ndarray, labels: np.ndarray) -> float:
    """The MAE in degrees of the faces that have a pose.

    Args:
        poses: (N, 3); a method of landmarks has no pose (NaN) where they fit no head.
        labels: (N, 3).

    Returns:
        NaN where fewer faces than :data:`ANSWERED` have a pose.
    """
    known = np.isfinite(poses).all(axis=1)
    if known.mean() < ANSWERED:
        return math.nan
    return round(pose_errors(poses[known], labels[known])['MAE'], 3)


def change(faces: list[dict], transforms: list) -> tuple[np.ndarray, np.ndarray]:
    """Changed crops (N, H, W, planes) of faces, and their poses (N, 3)."""
    np.random.seed(0)
    to_crop = Compose(transforms)
    changed = [to_crop(dict(face)) for face in faces]
    images = np.stack([seen_planes(face) for face in changed])
    return images, np.array([face['gt_pose'] for face in changed])


def draw(errors: dict[str, dict]) -> 'Figure':
    """The errors of :func:`measure`, a panel for each test."""
    across = min(len(errors), 3)
    rows = -(-len(errors) // across)
    width = 3.2 if across > 1 else 7.0
    figure, grid = panels(rows, across, width=width, height=0.8 * width)
    for axes, (name, test) in zip(grid.flat, errors.items(), strict=False):
        for network, mae in test['MAE'].items():
            axes.plot(test['levels'], mae, marker='o', markersize=3, label=network)
        axes.set_xlabel(name)
        if name == LIGHT:
            axes.set_xscale('log')
        axes.set_ylim(bottom=0)
    for axes in grid.flat[len(errors) :]:
        axes.set_visible(False)
    for axes in grid[:, 0]:
        axes.set_ylabel('MAE [degrees]')
    add_legend(figure, grid[0, 0])
    return figure
