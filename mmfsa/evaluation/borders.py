"""What a face at the edge of the image costs, with each border of the crop."""

from pathlib import Path

import numpy as np
from rich.progress import track

from mmfsa.datasets.transforms import CropFace

from .faces import crop_arguments, load_weights_network, read_faces
from .head_pose_metric import pose_errors
from .tables import format_table

BORDERS = 'clamp', 'replicate', 'reflect', 'constant'
MISSING = 0.1, 0.2, 0.3  # of the crop's width or height


def compare_borders(weights: Path, data_root: str) -> str:
    """The MAE of a network on faces of which a side is missing, as a table.

    The images are cut off so that one side of a face's crop is missing, by turns each of
    the four; the error in degrees is the mean over all.

    Args:
        weights: A checkpoint, an ONNX file or an engine that names its experiment.
        data_root: A data set with boxes of landmarks.

    Raises:
        FileNotFoundError: The weights or faces are not there.
        ValueError: The weights don't name their experiment.
    """
    cfg, network = load_weights_network(weights, 'onnxruntime')
    faces, labels = read_faces(data_root)
    rule = crop_arguments(cfg)
    crops = [CropFace(**rule | dict(border=border)) for border in BORDERS]

    def errors(missing: float) -> np.ndarray:
        """The mean over the sides, for each border."""
        over_sides = []
        for side in track(range(4), f'{missing:.0%} missing'):
            cut = [cut_off(face, side, missing, rule) for face in faces]
            seen = [np.stack([crop(dict(f))['img'] for f in cut]) for crop in crops]
            poses = map(network.estimate, seen)
            over_sides.append([pose_errors(pose, labels)['MAE'] for pose in poses])
        return np.mean(over_sides, axis=0)

    rows = [[f'{m:.0%}', *(f'{e:.2f}' for e in errors(m))] for m in MISSING]
    return format_table(['missing', *BORDERS], rows)


def cut_off(face: dict, side: int, missing: float, rule: dict) -> dict:
    """The face in an image that ends within its crop.

    Args:
        face: `img` and `face_box`.
        side: 0 left, 1 top, 2 right, 3 bottom.
        missing: Share of the crop's width or height.
        rule: The arguments of the network's `CropFace`.
    """
    image, box = face['img'], np.array(face['face_box'], dtype=int)
    x1, y1, x2, y2 = CropFace(**rule | dict(border='replicate'))(dict(face))['crop_box']
    if side == 0:
        start = max(0, round(x1 + missing * (x2 - x1)))
        image, box = image[:, start:], box - [start, 0, start, 0]
    elif side == 1:
        start = max(0, round(y1 + missing * (y2 - y1)))
        image, box = image[start:], box - [0, start, 0, start]
    elif side == 2:
        image = image[:, : round(x2 - missing * (x2 - x1))]
    else:
        image = image[: round(y2 - missing * (y2 - y1))]
    return dict(img=image, face_box=box.tolist())
