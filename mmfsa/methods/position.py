"""Where a head is before the camera, in millimetres: from its box or its landmarks."""

import numpy as np

from mmfsa.landmarks import HeadPoints, solve
from mmfsa.structures import Camera

# Networks see photographed heads by 3 degrees lower than landmarks do (mmfsa.landmarks).
MEAN_HEAD = HeadPoints(pitch=3)
ROUNDS = 8  # of the search; each makes the error some ten times smaller
NEAREST = 10.0  # mm: no point of the head is searched behind the camera


def position_from_box(
    boxes: np.ndarray, rotation: np.ndarray, camera: Camera
) -> np.ndarray:
    """The place where the mean head, turned so, fills the box of its 68 landmarks.

    A box says how far a head is only for a head of known size. A head that is larger by
    some percent than the mean head (:data:`.MEAN_HEAD`) is really farther by as much.

    Args:
        boxes: (n, 4) x1, y1, x2, y2 of 68 landmarks in pixels.
        rotation: (n, 3, 3) of the heads, relative to the camera.
        camera: The camera.

    Returns:
        (n, 3) x, y, z in millimetres of the landmarks' centroid in the camera's frame;
        NaN where the rotation or the box is no number.
    """
    boxes = np.asarray(boxes, dtype=np.float64)
    low, high = camera.rays(boxes[:, :2])[:, :2], camera.rays(boxes[:, 2:])[:, :2]
    centre, size = (low + high) / 2, _diagonal(low, high)
    points = MEAN_HEAD.xyz @ np.swapaxes(rotation, 1, 2)
    depth = _diagonal(points.min(1)[:, :2], points.max(1)[:, :2]) / size
    position = (
        np.concatenate([centre, np.ones((len(boxes), 1))], axis=1) * depth[:, None]
    )
    for _ in range(ROUNDS):
        there = points + position[:, None]
        flat = there[..., :2] / np.maximum(there[..., 2:], NEAREST)
        low, high = flat.min(1), flat.max(1)
        position *= (_diagonal(low, high) / size)[:, None]
        position[:, :2] += (centre - (low + high) / 2) * position[:, 2:]
    return position


def position_from_landmarks(landmarks: np.ndarray, camera: Camera) -> np.ndarray:
    """The place of the mean head whose 68 landmarks fit best (:func:`~.landmarks.pnp`).

    Args:
        landmarks: (n, 68, 2) pixels; points that are no numbers are left out.
        camera: The camera.

    Returns:
        (n, 3) x, y, z in millimetres of the landmarks' centroid in the camera's frame;
        NaN where too few landmarks are known, or nothing fits.
    """
    positions = np.full((len(landmarks), 3), np.nan)
    for position, pixels in zip(positions, np.asarray(landmarks, float), strict=True):
        known = np.isfinite(pixels).all(1)
        try:
            points = MEAN_HEAD.part(known)
            position[:] = solve('pnp', pixels[known], points, camera)[0].translation
        except ValueError:
            continue
    return positions


def _diagonal(low: np.ndarray, high: np.ndarray) -> np.ndarray:
    return np.linalg.norm(high - low, axis=-1)
