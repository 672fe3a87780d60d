"""What a camera would see of a face if it looked at it (Shaw's image rectification).

A camera that is turned about its own centre sees the same rays in other pixels: a
homography takes one picture to the other. Nothing has to be known about the scene.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import cv2
import numpy as np

from mmfsa.structures import Camera, Faces, Frame, rotation_to_axis

from .spec import InputSpec

TURNED = 4  # around a crop that is turned in the image, a quarter of it is seen, too


class View(NamedTuple):
    """A picture of one face, taken by the camera after it was turned to the face.

    Attributes:
        frame: The picture: as much of it as the network's crop needs.
        faces: The face in it.
        homography: (3, 3) from pixels of the frame to pixels of the view.
    """

    frame: Frame
    faces: Faces
    homography: np.ndarray


def look_at(
    frame: Frame,
    face: Faces,
    centre: np.ndarray,
    camera: Camera,
    specs: Sequence[InputSpec],
) -> View:
    """Turn the camera to a face, by the shortest way.

    The focal length stays, so a face in the middle of the frame stays as it is. Where the
    turned camera sees beyond the frame, the frame's edge is repeated. To a face outside of
    the frame the camera is not turned: then the view is the frame.

    Args:
        frame: The frame.
        face: One face of it.
        centre: (2,) the pixel to look at.
        camera: The frame's camera.
        specs: What the networks take; the view contains their crops. Without any, the
            view is as large as the frame.

    Raises:
        ValueError: No rule turns the face's kind of box into a network's.
    """
    if (face.boxes[0, 2:] < 0).any() or (face.boxes[0, :2] >= frame.size).any():
        return View(frame, face, np.eye(3))
    turn = rotation_to_axis(camera.rays(centre))
    turned = camera.matrix @ turn @ np.linalg.inv(camera.matrix)
    # The face stays where it is: that of its pixels which the camera looks at.
    moved = _shift(centre - (camera.cx, camera.cy)) @ turned
    box = map_box(face.boxes[0], moved)
    size = frame.size
    left, top = np.rint(centre - (np.array(size) - 1) / 2).astype(int)
    if specs:
        free = [spec.changed(crop=dict(border='replicate')) for spec in specs]
        crops = np.array([spec.box(box.tolist(), size, face.kind) for spec in free])
        (left, top), (right, bottom) = crops[:, :2].min(0), crops[:, 2:].max(0)
        beyond = 1
        if any(spec.crop.align for spec in specs):
            beyond += max(right - left, bottom - top) // TURNED
        left, top = left - beyond, top - beyond
        size = int(right + beyond - left), int(bottom + beyond - top)
    homography = _shift((-left, -top)) @ moved
    axis = centre - (left, top)
    view = replace(
        frame,
        image=_warp(frame.image, homography, size, cv2.INTER_LINEAR),
        camera=Camera(camera.fx, camera.fy, *axis, size),
    )
    if frame.depth is not None:
        # The depth is along the axis: of a point on a ray (x, y, z) it changes by z.
        nearest = _warp(frame.depth, homography, size, cv2.INTER_NEAREST)
        rays = view.camera.rays(np.stack(np.indices(size[::-1])[::-1], axis=-1))
        view.depth = nearest / (rays @ turn)[..., 2]
    landmarks = face.landmarks
    if landmarks is not None:
        landmarks = map_points(landmarks, homography).astype(np.float32)
    boxes = (box - [left, top, left, top])[None]
    return View(view, replace(face, boxes=boxes, landmarks=landmarks), homography)


def map_points(points: np.ndarray, homography: np.ndarray) -> np.ndarray:
    """Take points (..., 2) through a homography (3, 3)."""
    points = np.asarray(points, dtype=np.float64)
    mapped = points @ homography[:, :2].T + homography[:, 2]
    return mapped[..., :2] / mapped[..., 2:]


def map_box(box: np.ndarray, homography: np.ndarray) -> np.ndarray:
    """The box of a face after a homography.

    A face fills the ellipse in its box rather than the box's corners: the new box is
    around that ellipse, as the homography's derivative in its centre changes it.

    Args:
        box: (4,) x1, y1, x2, y2.
        homography: (3, 3)

    Returns:
        (4,)

    >>> map_box(np.array([0, 0, 20, 10]), np.diag([3.0, 2, 1]))
    array([ 0.,  0., 60., 20.])
    """
    box = np.asarray(box, dtype=np.float64)
    centre, half = (box[:2] + box[2:]) / 2, (box[2:] - box[:2]) / 2
    depth = homography[2] @ [*centre, 1]
    target = map_points(centre, homography)
    derivative = (homography[:2, :2] - np.outer(target, homography[2, :2])) / depth
    half = np.hypot(*(derivative * half).T)
    return np.concatenate([target - half, target + half])


def _shift(by: Sequence[float]) -> np.ndarray:
    """(3, 3) the homography that moves all pixels."""
    matrix = np.eye(3)
    matrix[:2, 2] = by
    return matrix


def _warp(
    image: np.ndarray, homography: np.ndarray, size: tuple[int, int], how: int
) -> np.ndarray:
    return cv2.warpPerspective(
        image, homography, size, flags=how, borderMode=cv2.BORDER_REPLICATE
    )
