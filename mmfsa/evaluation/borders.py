"""What a face at the edge of the image costs, with each border of the crop."""

from pathlib import Path

import numpy as np

from mmfsa.inputs import InputSpec, cut
from mmfsa.methods import create_model
from mmfsa.utils.progress import track

from .faces import own_box, read_faces
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
    network = create_model(None, weights, 'onnxruntime')
    faces, labels = read_faces(data_root)
    specs = [network.spec.changed(crop=dict(border=border)) for border in BORDERS]

    def errors(missing: float) -> np.ndarray:
        """The mean over the sides, for each border."""
        over_sides = []
        for side in track(range(4), f'{missing:.0%} missing'):
            seen = [cut_off(face, side, missing, network.spec) for face in faces]
            crops = [np.stack([crop_of(*s, spec) for s in seen]) for spec in specs]
            poses = map(network.estimate, crops)
            over_sides.append([pose_errors(pose, labels)['MAE'] for pose in poses])
        return np.mean(over_sides, axis=0)

    rows = [[f'{m:.0%}', *(f'{e:.2f}' for e in errors(m))] for m in MISSING]
    return format_table(['missing', *BORDERS], rows)


def crop_of(image: np.ndarray, box: list[int], spec: InputSpec) -> np.ndarray:
    """The crop of a face by a spec's own rule, to the letter."""
    return cut(image, spec, spec.box(box, image.shape[1::-1]))[0]


def cut_off(
    face: dict, side: int, missing: float, spec: InputSpec
) -> tuple[np.ndarray, list[int]]:
    """The face in an image that ends within its crop.

    Args:
        face: `img` and `boxes`, with one of the spec's kind.
        side: 0 left, 1 top, 2 right, 3 bottom.
        missing: Share of the crop's width or height.
        spec: The network's input spec.

    Returns:
        The image, and the box in it.
    """
    image, box = face['img'], np.array(own_box(face, spec), dtype=int)
    free = spec.changed(crop=dict(border='replicate'))
    x1, y1, x2, y2 = free.box(box.tolist(), image.shape[1::-1])
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
    return image, box.tolist()
