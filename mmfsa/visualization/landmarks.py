"""Draws landmarks: as points, or as the mesh between them."""

import cv2
import numpy as np

from mmfsa.utils.packages import import_package

from .draw import GREEN, WHITE

SHIFT = 3  # OpenCV draws at eighths of a pixel


def draw_landmarks(
    img: np.ndarray, landmarks: np.ndarray, radius: float = 1.5
) -> np.ndarray:
    """Draw a point for each landmark.

    Args:
        img: (H, W, 3) BGR uint8, drawn on.
        landmarks: (K, 2) x, y in pixels, or (K, 3) with a depth, which is not drawn.
            What is no number is left out.
        radius: Radius of a point in pixels.

    Returns:
        ``img``
    """
    size = max(1, round(radius * 2**SHIFT))
    for point in _eighths(_known(landmarks)):
        cv2.circle(img, point, size, GREEN, cv2.FILLED, cv2.LINE_AA, SHIFT)
    return img


def draw_mesh(img: np.ndarray, landmarks: np.ndarray, thickness: int = 1) -> np.ndarray:
    """Draw triangles between neighbouring landmarks (Delaunay's triangulation).

    Args:
        img: (H, W, 3) BGR uint8, drawn on.
        landmarks: As in :func:`draw_landmarks`.
        thickness: Thickness of the lines in pixels.

    Returns:
        ``img``
    """
    spatial = import_package('scipy.spatial')
    points = _known(landmarks)
    try:
        triangles = spatial.Delaunay(points).simplices
    except (spatial.QhullError, ValueError):  # fewer than three, or all in a line
        return img
    places = _eighths(points)
    sides = {tuple(sorted((t[i - 1], t[i]))) for t in triangles for i in range(3)}
    for start, end in sorted(sides):
        cv2.line(img, places[start], places[end], WHITE, thickness, cv2.LINE_AA, SHIFT)
    return img


def _known(landmarks: np.ndarray) -> np.ndarray:
    points = np.asarray(landmarks, dtype=np.float64)[:, :2]
    return points[np.isfinite(points).all(axis=1)]


def _eighths(points: np.ndarray) -> list[list[int]]:
    return np.rint(points * 2**SHIFT).astype(int).tolist()
