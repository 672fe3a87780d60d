"""Poses from landmarks with a depth: of all points, and MediaPipe's face geometry.

The facts are those of MediaPipe's geometry_pipeline.cc. A depth grows away from the camera,
and has the scale of the landmarks' x.
"""

from typing import NamedTuple

import numpy as np

from mmfsa.structures import Camera

from .fit import Fit

# How much each of 33 landmarks counts in MediaPipe's alignment (Copyright The MediaPipe
# Authors, Apache License 2.0). The others count nothing: they move with the expression.
# fmt: off
WEIGHTS = {
    4: 0.070910, 6: 0.032100, 10: 0.008447, 33: 0.058724, 54: 0.007667, 67: 0.009078,
    117: 0.009792, 119: 0.014565, 121: 0.018591, 127: 0.005198, 129: 0.120625,
    132: 0.005560, 133: 0.053286, 136: 0.066890, 143: 0.014817, 147: 0.014263,
    198: 0.025462, 205: 0.047252, 263: 0.058724, 284: 0.007667, 297: 0.009078,
    346: 0.009792, 348: 0.014565, 350: 0.018591, 356: 0.005198, 358: 0.120625,
    361: 0.005560, 362: 0.053286, 365: 0.066890, 372: 0.014817, 376: 0.014263,
    420: 0.025462, 425: 0.047252,
}
# fmt: on


class Similarity(NamedTuple):
    """points · scale · rotationᵀ + shift."""

    scale: float
    rotation: np.ndarray
    shift: np.ndarray


def similarity(points: np.ndarray, seen: np.ndarray, weights: np.ndarray) -> Similarity:
    """The similarity that takes points nearest to others (Kabsch, 1976; Umeyama, 1991).

    Args:
        points: (k, 3).
        seen: (k, 3) the same points somewhere else.
        weights: (k,) how much each one counts.
    """
    weights = weights / weights.sum()
    centre, middle = weights @ points, weights @ seen
    points, seen = points - centre, seen - middle
    left, _, right = np.linalg.svd((weights[:, None] * seen).T @ points)
    signs = np.array([1, 1, np.linalg.det(left @ right)])
    rotation = left * signs @ right
    turned = points @ rotation.T
    scale = (weights @ (turned * seen)).sum() / (weights @ points**2).sum()
    return Similarity(scale, rotation, middle - scale * rotation @ centre)


def kabsch(pixels: np.ndarray, points: np.ndarray, camera: Camera) -> Fit:
    """The similarity of all points, which looks along the camera's axis.

    Args:
        pixels: (k, 3) landmarks with a depth, pixels.
        points: (k, 3) the same points of the head, millimetres.
        camera: Turns scale into depth; the rotation does not depend on it.
    """
    fit = similarity(points, pixels, np.ones(len(points)))
    centre = points.mean(0)
    focal = np.array([camera.fx, camera.fy])
    ray = [*(pixels[:, :2].mean(0) - [camera.cx, camera.cy]) / focal, 1.0]
    depth = focal.mean() / fit.scale
    return Fit(fit.rotation, np.array(ray) * depth - fit.rotation @ centre)


def face_geometry(pixels: np.ndarray, points: np.ndarray, camera: Camera) -> Fit:
    """MediaPipe's face geometry: where the face is that perspective shows so.

    Twice the scale of the landmarks is found, which says how far each of them is; then
    the landmarks are put on their rays, and the head is aligned with them.

    Args:
        pixels: (468, 3) landmarks with a depth, pixels.
        points: (468, 3) the points of the head, millimetres.
        camera: The camera. MediaPipe takes a vertical field of view of 63 degrees.

    Raises:
        ValueError: There are not 468 points.
    """
    if len(points) != NUM_POINTS:
        raise ValueError(
            f'face_geometry needs the {NUM_POINTS} points of MediaPipe, got {len(points)}'
        )
    weights = np.zeros(NUM_POINTS)
    weights[[*WEIGHTS]] = [*WEIGHTS.values()]
    screen = (pixels - [camera.cx, camera.cy, 0]) / [camera.fx, camera.fy, camera.fx]
    relative = screen[:, 2:] - screen[:, 2].mean() + 1
    flat = np.concatenate([screen[:, :2], np.ones_like(relative)], axis=1)
    scale = similarity(points, screen, weights).scale
    scale *= similarity(points, flat * relative / scale, weights).scale
    _, rotation, shift = similarity(points, flat * relative / scale, weights)
    return Fit(rotation, shift)


NUM_POINTS = 468
