"""What a network tolerates of what detectors and cameras do to a face.

Each test changes one thing by degrees: the crop's scale and place, the head's turn in the
image, blur, compression, darkness, grey, occlusion, the face's resolution.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
from mmcv.transforms import Compose
from rich.progress import track

from mmfsa.datasets.transforms import (
    Blur,
    ColorJitter,
    CropFace,
    JPEGCompress,
    Occlude,
    RotateInPlane,
)
from mmfsa.inputs import InputSpec
from mmfsa.methods import CropMethod
from mmfsa.utils.files import write_json
from mmfsa.visualization.plots import panels, save_figure

from .faces import read_faces
from .head_pose_metric import pose_errors
from .networks import load_networks

if TYPE_CHECKING:
    from matplotlib.figure import Figure


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
        return {**results, 'img': cv2.resize(small, img.shape[1::-1])}


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
        'times the colour; 0: grey': (
            (0, 0.5, 1, 1.5),
            lambda factor: [cut(), colour(saturation=factor)],
        ),
        "occluder, of the crop's side": (
            (0, 0.1, 0.2, 0.3, 0.4),
            lambda side: [cut(), Occlude((side, side), prob=1)],
        ),
    }


def compare_robustness(models: Iterable[str], data_root: str, out: Path) -> None:
    """Measure networks, draw their errors, and write the numbers beside the picture.

    Args:
        models: See :func:`~mmfsa.evaluation.networks.load_networks`.
        data_root: A data set with boxes of landmarks.
        out: The picture; its numbers get the same name, with .json.

    Raises:
        FileNotFoundError: Weights or faces are not there.
        ValueError: Weights don't name their experiment.
    """
    errors = measure(load_networks(models), data_root)
    write_json(errors, out.with_suffix('.json'))
    save_figure(draw(errors), out)


def measure(networks: dict[str, CropMethod], data_root: str) -> dict[str, dict]:
    """The errors of networks on changed faces within ±99°.

    Networks with the same crop see the same changed crops.

    Args:
        networks: The networks, by name.
        data_root: A data set with boxes of landmarks.

    Returns:
        For each test its `levels`, and by the networks' names their errors `MAE` in
        degrees.
    """
    faces, _ = read_faces(data_root)
    tests = {network.spec: changes(network.spec) for network in networks.values()}
    errors = {}
    for name, (levels, _) in track(next(iter(tests.values())).items(), 'Measuring'):
        mae = defaultdict(list)
        for level in levels:
            seen = {spec: change(faces, t[name][1](level)) for spec, t in tests.items()}
            for label, network in networks.items():
                images, labels = seen[network.spec]
                wrong = pose_errors(network.estimate(images), labels)
                mae[label].append(round(float(wrong['MAE']), 3))
        errors[name] = dict(levels=levels, MAE=dict(mae))
    return errors


def change(faces: list[dict], transforms: list) -> tuple[np.ndarray, np.ndarray]:
    """Changed crops (N, H, W, 3) of faces, and their poses (N, 3)."""
    np.random.seed(0)
    to_crop = Compose(transforms)
    changed = [to_crop(dict(face)) for face in faces]
    images = np.stack([face['img'] for face in changed])
    return images, np.array([face['gt_pose'] for face in changed])


def draw(errors: dict[str, dict]) -> 'Figure':
    """The errors of :func:`measure`, a panel for each test."""
    figure, grid = panels((len(errors) + 2) // 3, 3, width=3.2, height=2.6)
    for axes, (name, test) in zip(grid.flat, errors.items(), strict=False):
        for network, mae in test['MAE'].items():
            axes.plot(test['levels'], mae, marker='o', markersize=3, label=network)
        axes.set_xlabel(name)
        axes.set_ylim(bottom=0)
    for axes in grid[:, 0]:
        axes.set_ylabel('MAE [degrees]')
    handles = grid[0, 0].get_legend_handles_labels()
    figure.legend(*handles, loc='outside upper center', ncols=len(handles[0]))
    return figure
