"""Measures how six landmarks put a detector's boxes right, on rendered heads.

The constants of :class:`mmfsa.detection.point_rule.PointRule` are what :func:`calibrate`
prints.
"""

import numpy as np

from mmfsa.detection import build_detector
from mmfsa.detection.boxes import labelled_face
from mmfsa.detection.point_rule import PointRule, measures
from mmfsa.inputs import RULES, BoxRule
from mmfsa.utils.progress import track

from .faces import LABELLED

SEED, SIDE, EACH = 71, 128, 2  # of the heads; pixels; pictures of a subject
FACTORS = dict(max_angle=120, p_mask=0.1)
RIDGE = 3.0
OUTLIER = 0.06  # sides of a box, from which on a face counts less
ROUNDS = 20


def calibrate(detector: str, heads: int) -> str:
    """The rule that puts a detector's boxes right, measured on rendered heads.

    Args:
        detector: Its network's own boxes are measured: `blazeface` or `blazeface-full`.
        heads: How many.

    Returns:
        How many heads were found, and the rule.
    """
    from mmfsa.synth.factors import Factors
    from mmfsa.synth.renderer import HeadRenderer

    built = build_detector(detector)
    built.place = lambda boxes, _: boxes
    render = HeadRenderer(Factors.changed(FACTORS), SIDE)
    found = []
    for i in track(range(heads), 'Rendering'):
        head = render(seed=SEED, subject=i // EACH, index=i % EACH)
        if np.abs(head.pose).max() > LABELLED:
            continue
        target = head.face_box
        faces = built(head.image)
        index = labelled_face(faces.boxes, target)
        if index is not None:
            found.append((faces.boxes[index], faces.landmarks[index], target))
    boxes, landmarks, targets = (np.array(v, float) for v in zip(*found, strict=True))
    rule = fit(boxes, landmarks, targets, RULES[built.kind, 'landmarks68'])
    return f'found {len(found)}\n{rule}'


def fit(
    boxes: np.ndarray, landmarks: np.ndarray, targets: np.ndarray, rule: BoxRule
) -> PointRule:
    """The shares whose boxes, after the box rule, are nearest to boxes of 68 landmarks.

    It is a ridge regression in which faces far off count less (Huber, 1964).

    Args:
        boxes: (n, 4) of the detector.
        landmarks: (n, 6, 2) of the detector.
        targets: (n, 4) around the 68 landmarks.
        rule: From the detector's boxes to these.
    """
    centre, side, odd, even, upright = measures(boxes, landmarks)
    width, height = ((targets[:, 2:] - targets[:, :2]) / [rule.width, rule.height]).T
    middle = (targets[:, :2] + targets[:, 2:]) / 2 - centre
    down = middle[:, 1] - rule.down * height
    wanted = np.stack([middle[:, 0], width, down, height], axis=1) / side
    odd, even, wanted = odd[upright], even[upright], wanted[upright]
    weights = np.ones((len(wanted), 1))
    for _ in range(ROUNDS):
        right = _ridge(odd, wanted[:, :1], weights)
        others = _ridge(even, wanted[:, 1:], weights)
        off = np.concatenate([odd @ right, even @ others], axis=1) - wanted
        off = np.linalg.norm(off, axis=1, keepdims=True)
        weights = 1 / np.maximum(off / OUTLIER, 1)
    rows = *right.T, *others.T
    return PointRule(*(tuple(row.round(3).tolist()) for row in rows))


def _ridge(seen: np.ndarray, wanted: np.ndarray, weights: np.ndarray) -> np.ndarray:
    weighted = seen * weights
    penalty = RIDGE * np.eye(seen.shape[1])
    return np.linalg.solve(weighted.T @ seen + penalty, weighted.T @ wanted)
