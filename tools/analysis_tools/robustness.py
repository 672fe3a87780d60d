"""What a model bears of what detectors and cameras do to a face.

    python tools/analysis_tools/robustness.py fsa_caps_1x1.pth [...] \\
        --data-root data/aflw2000 --out robustness.png

Each test changes one thing by degrees: the crop's scale and place, the head's turn in
the image, blur, compression, darkness, grey, occlusion, the face's resolution. The mean
absolute error in degrees is over the faces with |angle| ≤ 99; every model sees the same
changed crops. Beside the picture its numbers are written as .json.
"""

import argparse
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
from _faces import load_weights_network, read_faces
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
from mmfsa.evaluation import pose_errors
from mmfsa.utils.cli import clear_errors
from mmfsa.utils.files import write_json
from mmfsa.visualization.plots import panels, save_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

OFFICIAL = 1 + 2 * CropFace().pad[0]  # side of the crop, in sides of the face box


def colour(**change: float) -> ColorJitter:
    ranges = dict.fromkeys(('brightness', 'contrast', 'saturation', 'tint'), (1, 1))
    return ColorJitter(
        **ranges | {name: (value, value) for name, value in change.items()}, prob=1
    )


class Shrink:
    """Keep of the crop what there is of it when the face box has so many pixels."""

    def __init__(self, face_pixels: int) -> None:
        self.side = round(face_pixels * OFFICIAL)

    def __call__(self, results: dict) -> dict:
        img = results['img']
        small = cv2.resize(img, (self.side, self.side), interpolation=cv2.INTER_AREA)
        return {**results, 'img': cv2.resize(small, img.shape[1::-1])}


# By the name of what changes: its levels, and of a level the way from image to crop.
TESTS = {
    'crop, times the official one': (
        (0.8, 0.9, 1, 1.1, 1.2, 1.3),
        lambda scale: [CropFace(pad=(scale * OFFICIAL - 1) / 2)],
    ),
    'shift, up to, of the face box': (
        (0, 0.05, 0.1, 0.15, 0.2),
        lambda shift: [CropFace(shift=shift)],
    ),
    'turn in the image, up to [degrees]': (
        (5, 15, 30, 45),
        lambda angle: [CropFace(), RotateInPlane(angle, prob=1)],
    ),
    'side of the face box [pixels]': (
        (12, 16, 20, 24, 29),
        lambda pixels: [CropFace(), Shrink(pixels)],
    ),
    'blur, standard deviation [pixels of 64]': (
        (0.3, 0.6, 1, 1.5, 2),
        lambda sigma: [CropFace(), Blur((sigma, sigma), prob=1)],
    ),
    'quality of JPEG': (
        (10, 20, 30, 50, 90),
        lambda quality: [CropFace(), JPEGCompress((quality, quality), prob=1)],
    ),
    'times the brightness': (
        (0.1, 0.2, 0.4, 0.7, 1, 1.5, 2),
        lambda factor: [CropFace(), colour(brightness=factor)],
    ),
    'times the colour; 0: grey': (
        (0, 0.5, 1, 1.5),
        lambda factor: [CropFace(), colour(saturation=factor)],
    ),
    "occluder, of the crop's side": (
        (0, 0.1, 0.2, 0.3, 0.4),
        lambda side: [CropFace(), Occlude((side, side), prob=1)],
    ),
}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument('weights', nargs='+', type=Path)
    parser.add_argument(
        '--data-root', required=True, metavar='DIR', help='with boxes of landmarks'
    )
    parser.add_argument('--out', type=Path, required=True, metavar='PNG')
    args = parser.parse_args()
    with clear_errors():
        count = Counter(path.stem for path in args.weights)
        networks = {
            path.stem if count[path.stem] == 1 else str(path): load_weights_network(
                path, 'onnxruntime'
            )[1]
            for path in args.weights
        }
        errors = measure(networks, args.data_root)
        write_json(errors, args.out.with_suffix('.json'))
        save_figure(draw(errors), args.out)
        print(f'wrote {args.out}')


def measure(networks: dict, data_root: str) -> dict[str, dict]:
    """Of each test its `levels`, and by the networks' names their errors `MAE`."""
    faces, _ = read_faces(data_root)
    errors = {}
    for name, (levels, transforms) in track(TESTS.items(), 'Measuring'):
        mae = {network: [] for network in networks}
        for level in levels:
            np.random.seed(0)
            to_crop = Compose(transforms(level))
            changed = [to_crop(dict(face)) for face in faces]
            crops = np.stack([face['img'] for face in changed])
            labels = np.array([face['gt_pose'] for face in changed])
            for network, errors_of in mae.items():
                poses = networks[network].estimate(crops)
                errors_of.append(round(float(pose_errors(poses, labels)['MAE']), 3))
        errors[name] = dict(levels=levels, MAE=mae)
    return errors


def draw(errors: dict[str, dict]) -> 'Figure':
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


if __name__ == '__main__':
    main()
