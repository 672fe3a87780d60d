"""Measure the rules between kinds of boxes, and what a detector's boxes cost a network.

A rule takes a detector's box to a box of landmarks, around which the networks were trained.
The constants in :mod:`mmfsa.inputs.kinds` are the medians that :func:`measure` gives.
"""

from pathlib import Path

import numpy as np

from mmfsa.detection import BaseDetector, build_detector
from mmfsa.detection.boxes import labelled_face
from mmfsa.inputs import RULES, BoxRule, convert_boxes
from mmfsa.methods import create_model
from mmfsa.structures import ANGLES, Faces, Frame
from mmfsa.utils.progress import track

from .faces import crops_of, own_box, read_faces
from .head_pose_metric import pose_errors
from .tables import format_table


def calibrate(detector: str, data_root: str, weights: Path) -> str:
    """How many faces a detector finds, its measured box rule, and what its boxes cost.

    Args:
        detector: See :func:`mmfsa.detection.build_detector`.
        data_root: A data set with boxes of landmarks; faces within ±99° are taken.
        weights: A checkpoint, an ONNX file or an engine that names its experiment.

    Returns:
        The number of faces found, the rule `measured` over them, the rule `in use`, and
        a table of errors in degrees: with the boxes of landmarks, and with the rule in
        use, where there is one. A network that looks twice at a detector's boxes
        (:class:`mmfsa.methods.CropMethod`) is there with one look, too.

    Raises:
        FileNotFoundError: The weights or faces are not there.
        ValueError: There is no such detector, or the weights don't name their experiment.
    """
    built = build_detector(detector)
    method = create_model(None, weights)
    faces, poses = read_faces(data_root)
    images = [face['img'] for face in faces]
    target = method.spec.crop.box
    landmarks = np.array([own_box(face, method.spec) for face in faces], dtype=float)
    pairs = track([*zip(images, landmarks, strict=True)], 'Detecting')
    boxes = np.array([find(built, image, box) for image, box in pairs])
    found = np.isfinite(boxes).all(axis=1)

    def row(name: str, boxes: np.ndarray, kind: str, chosen: np.ndarray) -> list[str]:
        rows = np.flatnonzero(chosen)
        answers = method.predict_batch(
            [Frame(images[i]) for i in rows], [Faces(boxes[[i]], kind) for i in rows]
        )
        euler = np.concatenate([answer.euler for answer in answers])
        errors = pose_errors(euler, poses[chosen])
        numbers = [f'{errors[k]:.3f}' for k in (*ANGLES, 'MAE')]
        return [name, str(chosen.sum()), *numbers]

    rule = RULES.get((built.kind, target))
    rows = [
        row('landmarks', landmarks, target, np.ones_like(found)),
        row('landmarks, of the faces found', landmarks, target, found),
    ]
    if rule is not None or built.kind == target:
        if 'crop_offset' in method.network.run_crops(crops_of(faces[:1], method.spec)):
            own = convert_boxes(boxes, built.kind, target)
            rows.append(row(f'{detector}, one look', own, target, found))
        rows.append(row(detector, boxes, built.kind, found))
    table = format_table(['boxes', 'faces', *ANGLES, 'MAE'], rows)
    return (
        f'found {found.sum()} of {len(found)} faces\n'
        f'measured: {measure(boxes[found], landmarks[found])}\n'
        f'in use:   {rule}\n{table}'
    )


def find(detector: BaseDetector, image: np.ndarray, target: np.ndarray) -> np.ndarray:
    """The detector's box (4,) of the labelled face; NaN if it does not find it."""
    boxes = detector(image).boxes.astype(float)
    index = labelled_face(boxes, target)
    return np.full(4, np.nan) if index is None else boxes[index]


def measure(boxes: np.ndarray, landmarks: np.ndarray) -> BoxRule:
    """The medians of (N, 4) boxes and the boxes of the same faces' landmarks."""
    size, target = (b[:, 2:] - b[:, :2] for b in (boxes, landmarks))
    centre, aim = ((b[:, 3] + b[:, 1]) / 2 for b in (boxes, landmarks))
    width, height = np.median(target / size, axis=0)
    down = np.median((aim - centre) / size[:, 1])
    return BoxRule(*(round(float(v), 3) for v in (width, height, down)))
