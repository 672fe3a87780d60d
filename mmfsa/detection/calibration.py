"""Measure a face detector's box rule, and what its boxes cost a network.

A box rule takes a detector's box to the box of the landmarks, around which the networks
were trained. The constants in mmfsa/detection are the medians that :func:`measure` gives.
"""

from pathlib import Path

import numpy as np
from rich.progress import track

from mmfsa.apis.crop import FaceCropper
from mmfsa.apis.streams import read_image
from mmfsa.datasets import HeadPoseDataset
from mmfsa.evaluation import pose_errors
from mmfsa.evaluation.faces import load_weights_network
from mmfsa.evaluation.tables import format_table

from .base import BaseDetector, BoxRule
from .boxes import box_iou
from .build import build_detector

SAME_FACE = 0.3  # least IoU with the landmarks' box


def calibrate(detector: str, data_root: str, weights: Path) -> str:
    """How many faces a detector finds, its measured box rule, and what its boxes cost.

    Args:
        detector: See :func:`mmfsa.detection.build_detector`.
        data_root: A data set with boxes of landmarks; faces within ±99° are taken.
        weights: A checkpoint, an ONNX file or an engine that names its experiment.

    Returns:
        The number of faces found, the rule `measured` over them, the rule `in use`, and
        a table of errors in degrees: with the boxes of landmarks, and with the rule in
        use.

    Raises:
        FileNotFoundError: The weights or faces are not there.
        ValueError: There is no such detector, or the weights don't name their experiment.
    """
    built = build_detector(detector)
    cfg, network = load_weights_network(weights)
    crop = FaceCropper(cfg, {})
    data = HeadPoseDataset(
        data_root=data_root, filter_cfg=dict(max_angle=99), test_mode=True
    )
    faces = [data.get_data_info(i) for i in range(len(data))]
    images = [read_image(face['img_path']) for face in faces]
    poses = np.array([face['gt_pose'] for face in faces])
    landmarks = np.array([face['face_box'] for face in faces], dtype=float)
    pairs = track([*zip(images, landmarks, strict=True)], 'Detecting')
    boxes = np.array([find(built, image, target) for image, target in pairs])
    found = np.isfinite(boxes).all(axis=1)

    def row(name: str, boxes: np.ndarray, chosen: np.ndarray) -> list[str]:
        crops = [crop(images[i], boxes[i])[0] for i in np.flatnonzero(chosen)]
        errors = pose_errors(network.estimate(np.stack(crops)), poses[chosen])
        numbers = [f'{errors[k]:.3f}' for k in ('yaw', 'pitch', 'roll', 'MAE')]
        return [name, str(chosen.sum()), *numbers]

    table = format_table(
        ['boxes', 'faces', 'yaw', 'pitch', 'roll', 'MAE'],
        [
            row('landmarks', landmarks, np.ones_like(found)),
            row('landmarks, of the faces found', landmarks, found),
            row(detector, built.box_rule(boxes), found),
        ],
    )
    return (
        f'found {found.sum()} of {len(found)} faces\n'
        f'measured: {measure(boxes[found], landmarks[found])}\n'
        f'in use:   {built.box_rule}\n{table}'
    )


def find(detector: BaseDetector, image: np.ndarray, target: np.ndarray) -> np.ndarray:
    """The detector's box (4,) of the labelled face; NaN if it does not find it."""
    boxes = detector(image).boxes.astype(float)
    overlap = box_iou(boxes, target[None])[:, 0]
    if overlap.max(initial=0) < SAME_FACE:
        return np.full(4, np.nan)
    return boxes[overlap.argmax()]


def measure(boxes: np.ndarray, landmarks: np.ndarray) -> BoxRule:
    """The medians of (N, 4) boxes and the boxes of the same faces' landmarks."""
    size, target = (b[:, 2:] - b[:, :2] for b in (boxes, landmarks))
    centre, aim = ((b[:, 3] + b[:, 1]) / 2 for b in (boxes, landmarks))
    width, height = np.median(target / size, axis=0)
    down = np.median((aim - centre) / size[:, 1])
    return BoxRule(*(round(float(v), 3) for v in (width, height, down)))
