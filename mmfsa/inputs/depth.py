"""The points that a depth map shows, and what another camera sees of them."""

import cv2
import numpy as np

from mmfsa.structures import Camera, rotation_to_axis

HEIGHT = 230.0  # mm of a head, from the crown down


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


def face_distance(
    depth: np.ndarray, camera: Camera, middle: np.ndarray
) -> float | None:
    """How far a face is, by the depth around its middle.

    Args:
        depth: (H, W) millimetres, 0 where none was measured.
        camera: Its camera.
        middle: (2,) x, y of the face's middle in pixels.

    Returns:
        Millimetres along the axis; None where nothing is measured around the middle.
    """
    column, row = np.rint(middle).astype(int)
    for millimetres in (15, 60):
        reach = max(1, round(millimetres / 1000 * camera.fx))
        rows, columns = (
            slice(max(0, at - reach), max(0, at + reach + 1)) for at in (row, column)
        )
        measured = depth[rows, columns][depth[rows, columns] > 0]
        if measured.size:
            return float(np.percentile(measured, 40))
    return None


def below_the_crown(depth: np.ndarray, camera: Camera) -> np.ndarray:
    """The middle of the uppermost head of a depth map, (2,) pixels x, y."""
    rows, columns = np.nonzero(depth)
    height = (rows - camera.cy) / camera.fy * depth[rows, columns]
    crown = np.percentile(height, 0.5)
    head = height < crown + HEIGHT
    return np.array([np.median(columns[head]), np.median(rows[head])])


def look_at_face(
    depth: np.ndarray,
    camera: Camera,
    middle: np.ndarray,
    pixel: float,
    side: int,
) -> tuple[np.ndarray, Camera, np.ndarray] | None:
    """A depth map as a camera sees it that looks at the face, always from as near.

    The camera is turned about its own centre. Its focal length is such that a pixel shows
    the same length at the face, however far the face is.

    Args:
        depth: (H, W) millimetres, 0 where none was measured.
        camera: Its camera.
        middle: (2,) x, y of the face's middle in pixels.
        pixel: Millimetres at the face in a pixel.
        side: Width and height of the new map in pixels; the face is in its middle.

    Returns:
        (side, side) float32 millimetres along the new axis, 0 where none was measured; the
        turned camera; and the rotation (3, 3) from the camera's frame into its frame. None
        where nothing is measured around the middle.
    """
    distance = face_distance(depth, camera, middle)
    if distance is None:
        return None
    ray = camera.rays(middle)
    turn = rotation_to_axis(ray)
    focal = distance * float(np.linalg.norm(ray)) / pixel
    centre = (side - 1) / 2
    seen = Camera(focal, focal, centre, centre, (side, side))
    homography = seen.matrix @ turn @ np.linalg.inv(camera.matrix)
    nearest = cv2.warpPerspective(
        depth.astype(np.float32), homography, (side, side), flags=cv2.INTER_NEAREST
    )
    rays = seen.rays(np.stack(np.indices((side, side))[::-1], axis=-1))
    # The depth is along the axis: of a point on a ray (x, y, z) it changes by z.
    return (nearest / (rays @ turn)[..., 2]).astype(np.float32), seen, turn
