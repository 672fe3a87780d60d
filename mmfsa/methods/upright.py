"""Any method on faces that lie on their side or stand on their head."""

import math
from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from mmfsa.inputs.crop import EYES, turns_of
from mmfsa.inputs.view import map_box, map_points
from mmfsa.structures import (
    ORDERS,
    Camera,
    Faces,
    Frame,
    Poses,
    camera_for,
    pose_to_matrix,
)
from mmfsa.utils.images import QUARTER_TURNS

from .base import Method

# Methods learn from upright faces: up to this many degrees they see the face as it is. It
# is less than half a quarter: detectors see a face that lies on its side too upright. Of
# such faces CenterFace's landmarks are turned by 31 to 104 degrees, in the middle by 74.
UPRIGHT = 40


class UprightMethod(Method):
    """A method that sees each face turned by quarters until it is about upright.

    The landmarks say how far a face is turned; without landmarks it is seen as it is. The
    pose, and what else the method finds, is turned back. The poses' extras get ``turned``
    (n,): how far the picture was turned clockwise for the method, in degrees.

    Args:
        method: The method.
    """

    def __init__(self, method: Method) -> None:
        self.method = method
        self.name = method.name
        self.weights_sha256 = method.weights_sha256
        self.inputs = method.inputs
        self.remembers = method.remembers

    def predict(self, frame: Frame, faces: Faces) -> Poses:
        return self.predict_batch([frame], [faces])[0]

    def predict_batch(
        self, frames: Sequence[Frame], faces: Sequence[Faces]
    ) -> list[Poses]:
        """The poses of several frames' faces, which go to the method together."""
        all_turns = [quarter_turns(one) for one in faces]
        if not any(turns.any() for turns in all_turns):
            answers = self.method.predict_batch(frames, faces)
            for one, answer in zip(faces, answers, strict=True):
                answer.boxes = one.boxes
                answer.extras = dict(answer.extras, turned=np.zeros(len(one)))
            return answers
        parts = []
        for number, (frame, one, turns) in enumerate(
            zip(frames, faces, all_turns, strict=True)
        ):
            for turn in np.unique(turns) if len(one) else [0]:
                rows = np.flatnonzero(turns == turn)
                parts.append((number, turn, rows, frame, one.take(rows)))
        camera = getattr(self.method, 'camera', None)
        seen = [_turned(frame, one, turn, camera) for _, turn, _, frame, one in parts]
        answers = self.method.predict_batch(*zip(*seen, strict=True)) if seen else []
        order = getattr(self.method, 'order', 'xyz')
        found = [([], []) for _ in frames]
        for (number, turn, rows, frame, one), answer in zip(
            parts, answers, strict=True
        ):
            back = _back(answer, turn, frame, order)
            turned = np.full(len(one), float(turn))
            extras = dict(back.extras, turned=turned)
            found[number][0].append(replace(back, boxes=one.boxes, extras=extras))
            found[number][1].append(rows)
        return [
            several[0]
            if len(several) == 1
            else Poses.join(several).take(np.argsort(np.concatenate(rows)))
            for several, rows in found
        ]

    def reset(self, ids: Sequence[int] | None = None) -> None:
        self.method.reset(ids)


def quarter_turns(faces: Faces) -> np.ndarray:
    """How far to turn an image clockwise so that its faces are about upright.

    Returns:
        (n,) 0, 90, 180 or 270 degrees; 0 for a face within :data:`UPRIGHT`, and without
        landmarks.
    """
    turns = np.zeros(len(faces), dtype=int)
    if faces.landmarks is None or faces.landmarks.shape[1] not in EYES:
        return turns
    for i, turn in enumerate(turns_of('face', faces.landmarks)):
        if abs(turn) > UPRIGHT and np.isfinite(faces.landmarks[i]).all():
            quarters = max(1, round(abs(turn) / 90))
            turns[i] = math.copysign(quarters * 90, turn) % 360
    return turns


def _turned(
    frame: Frame, faces: Faces, turn: int, camera: Camera | float | None
) -> tuple[Frame, Faces]:
    """A frame and its faces after a turn by quarters, and with it the camera's turn."""
    if not turn:
        return frame, faces
    matrix = _homography(turn, frame.size)
    camera = frame.camera or camera
    if camera is not None:
        camera = camera_for(camera, frame.size, frame.name)
        fx, fy = (camera.fx, camera.fy) if turn == 180 else (camera.fy, camera.fx)
        size = camera.size and (camera.size if turn == 180 else camera.size[::-1])
        camera = Camera(fx, fy, *map_points([camera.cx, camera.cy], matrix), size)
    depth = frame.depth
    frame = replace(
        frame,
        image=cv2.rotate(frame.image, QUARTER_TURNS[turn]),
        depth=None if depth is None else cv2.rotate(depth, QUARTER_TURNS[turn]),
        camera=camera,
    )
    boxes = np.array([map_box(box, matrix) for box in faces.boxes], np.float32)
    landmarks = map_points(faces.landmarks, matrix).astype(np.float32)
    return frame, replace(faces, boxes=boxes, landmarks=landmarks)


def _homography(turn: int, size: tuple[int, int]) -> np.ndarray:
    """(3, 3) from pixels of an image to those of the image after a turn."""
    width, height = size
    rows = {
        90: ([0, -1, height - 1], [1, 0, 0]),
        180: ([-1, 0, width - 1], [0, -1, height - 1]),
        270: ([0, 1, 0], [-1, 0, width - 1]),
    }
    return np.array([*rows[turn], [0, 0, 1]], dtype=float)


def _back(poses: Poses, turn: int, frame: Frame, order: str) -> Poses:
    """What a method found in a turned frame, in the frame itself."""
    if not turn:
        return poses
    to_frame = np.linalg.inv(_homography(turn, frame.size))
    in_plane = pose_to_matrix([0, 0, -turn])
    rotation = in_plane @ poses.rotation
    euler = ORDERS[order](rotation)
    extras = dict(poses.extras)
    if 'crop_box' in extras:
        extras['crop_box'] = [
            box and _box_in(to_frame, box) for box in extras['crop_box']
        ]
    if 'landmarks' in extras:
        landmarks = np.array(extras['landmarks'], dtype=np.float64)
        landmarks[..., :2] = map_points(landmarks[..., :2], to_frame)
        extras['landmarks'] = landmarks
    if 'to_ray' in extras:
        extras['to_ray'] = in_plane @ extras['to_ray'] @ in_plane.T
    if 'translation' in extras:
        extras['translation'] = extras['translation'] @ in_plane.T
    return replace(poses, rotation=rotation, euler=euler, extras=extras)


def _box_in(homography: np.ndarray, box: tuple[int, ...]) -> tuple[int, ...]:
    """A box of whole pixels, the end exclusive, after a turn by quarters."""
    corners = np.reshape(box, (2, 2)) - [[0, 0], [1, 1]]  # its first and its last pixel
    corners = np.rint(map_points(corners, homography)).astype(int)
    return (*corners.min(0).tolist(), *(corners.max(0) + 1).tolist())
