"""The points that a depth map shows, and what another camera sees of them."""

import numpy as np

from mmfsa.structures import Camera


def points_of(depth: np.ndarray, camera: Camera, pixels: np.ndarray) -> np.ndarray:
    """The points that pixels of a depth map show.

    Args:
        depth: (H, W) millimetres.
        camera: Its camera.
        pixels: (N, 2) int x, y.

    Returns:
        (N, 3) millimetres in the camera's frame.
    """
    distance = depth[pixels[:, 1], pixels[:, 0]].astype(np.float64)
    return camera.rays(pixels) * distance[:, None]


def align_depth(
    depth: np.ndarray,
    camera: Camera,
    rotation: np.ndarray,
    translation: np.ndarray,
    other: Camera,
) -> np.ndarray:
    """A depth map as another camera would have seen it.

    Where several points fall into a pixel, the nearest counts.

    Args:
        depth: (H, W) millimetres, 0 where none was measured.
        camera: The depth map's camera.
        rotation: (3, 3) from the frame of `camera` into that of `other`.
        translation: (3,) of the same, in millimetres.
        other: The other camera, which knows the size of its pictures.

    Returns:
        (H, W) uint16 of the other camera's size.
    """
    width, height = other.size
    pixels = np.argwhere(depth > 0)[:, ::-1]
    points = points_of(depth, camera, pixels) @ np.transpose(rotation) + translation
    points = points[points[:, 2] > 0]
    points = points[np.argsort(-points[:, 2], kind='stable')]  # the nearest comes last
    x, y = np.rint(other.project(points)).astype(int).T
    inside = (x >= 0) & (x < width) & (y >= 0) & (y < height)
    seen = np.zeros((height, width), np.uint16)
    seen[y[inside], x[inside]] = np.rint(points[inside, 2])
    return seen
