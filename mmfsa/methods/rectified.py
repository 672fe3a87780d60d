"""Any method's poses relative to the camera, with the heads' positions in millimetres."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate, pairwise

import numpy as np

from mmfsa.inputs import convert_boxes
from mmfsa.inputs.view import View, look_at, map_points
from mmfsa.structures import (
    Camera,
    Faces,
    Frame,
    Poses,
    camera_for,
    closest_triple,
    matrix_to_pose,
    rotation_to_axis,
)

from .base import Method
from .position import position_from_box, position_from_landmarks

WAYS = 'before', 'after'
RELATIVE_TO = 'camera', 'ray'
FACE = 'landmarks68'  # the kind of box whose centre the ray goes through
NO_FACE_BOX = ('crop',)  # kinds of boxes that say nothing about a head's size


class RectifiedMethod(Method):
    """A method whose poses are relative to the camera.

    Who sees the crop of a face does not see where in the image the face was. So a network
    answers relative to the ray through the face, and a head at the image's side, that
    looks parallel to the optical axis, is seen turned.

    The poses' extras get ``translation`` (n, 3): the position of the mean head's landmarks
    in millimetres in the camera's frame, the method's own or that of :mod:`.position`; NaN
    where the pose is not valid. They get ``relative_to``; and, relative to the camera,
    ``to_ray`` (n, 3, 3), which turns a rotation to what is seen in the image.

    A method whose poses are relative to the camera already, such as one that sees depth,
    sees the frame as it is, with the camera.

    Args:
        method: The method.
        camera: The camera; or its horizontal field of view in degrees. A frame's own
            camera counts more.
        way: ``before``: the picture is warped as if the camera looked at the face, and the
            pose is turned back afterwards. It also undoes how a wide lens stretches a face
            at the side. ``after``: the method sees the picture as it is, does not know
            the camera, and only the pose is turned.
        relative_to: ``camera``; or ``ray``: nothing is turned back.

    Raises:
        ValueError: There is no such way, or nothing that poses are relative to.
    """

    def __init__(
        self,
        method: Method,
        camera: Camera | float,
        way: str = 'before',
        relative_to: str = 'camera',
    ) -> None:
        if way not in WAYS:
            raise ValueError(f'rectify must be one of {WAYS}, got {way!r}')
        if relative_to not in RELATIVE_TO:
            raise ValueError(
                f'relative_to must be one of {RELATIVE_TO}, got {relative_to!r}'
            )
        self.method = method
        self.camera = camera
        self.way = way
        self.relative_to = relative_to
        self.name = method.name
        self.weights_sha256 = method.weights_sha256
        self.inputs = method.inputs
        self.remembers = method.remembers
        self.model = getattr(method, 'model', None)

    def predict(self, frame: Frame, faces: Faces) -> Poses:
        return self.predict_batch([frame], [faces])[0]

    def predict_batch(
        self, frames: Sequence[Frame], faces: Sequence[Faces]
    ) -> list[Poses]:
        """The poses of several frames' faces, which go to the method together."""
        cameras = [
            camera_for(frame.camera or self.camera, frame.size, frame.name)
            for frame in frames
        ]
        boxes = [convert_boxes(f.boxes, f.kind, FACE) for f in faces]
        centres = [(box[:, :2] + box[:, 2:]).astype(np.float64) / 2 for box in boxes]
        if self.method.relative_to == 'camera':
            answers = self._tell(frames, faces, centres, cameras)
        elif self.way == 'after':
            unaware = [replace(frame, camera=None) for frame in frames]
            answers = self.method.predict_batch(unaware, faces)
            for answer in answers:  # who knows no camera can't know the place
                answer.extras.pop('translation', None)
        else:
            answers = self._look(frames, faces, centres, cameras)
        poses = []
        for answer, camera, centre, box, one in zip(
            answers, cameras, centres, boxes, faces, strict=True
        ):
            to_ray = rotation_to_axis(camera.rays(centre))
            in_camera = np.swapaxes(to_ray, 1, 2) @ answer.rotation
            place = answer.extras.get('translation')
            if place is None:
                place = self._positions(one, box, in_camera, camera)
            else:
                place = np.einsum('nij,ni->nj', to_ray, place)
            extras = dict(
                answer.extras,
                translation=np.where(answer.valid[:, None], place, np.nan),
                relative_to=[self.relative_to] * len(one),
            )
            if self.relative_to == 'camera':
                euler = closest_triple(matrix_to_pose(in_camera), answer.euler)
                answer = replace(answer, rotation=in_camera, euler=euler)
                extras.update(to_ray=to_ray)
            poses.append(replace(answer, extras=extras))
        return poses

    def reset(self, ids: Sequence[int] | None = None) -> None:
        self.method.reset(ids)

    def _tell(
        self,
        frames: Sequence[Frame],
        faces: Sequence[Faces],
        centres: Sequence[np.ndarray],
        cameras: Sequence[Camera],
    ) -> list[Poses]:
        """The answers of a method that takes the camera, relative to the faces' rays."""
        aware = [
            replace(frame, camera=camera)
            for frame, camera in zip(frames, cameras, strict=True)
        ]
        answers = []
        for answer, camera, centre in zip(
            self.method.predict_batch(aware, faces), cameras, centres, strict=True
        ):
            to_ray = rotation_to_axis(camera.rays(centre))
            place = np.einsum('nij,nj->ni', to_ray, answer.extras['translation'])
            answers.append(
                Poses.from_rotation(
                    to_ray @ answer.rotation,
                    boxes=answer.boxes,
                    spread=answer.spread,
                    extras=dict(answer.extras, translation=place),
                )
            )
        return answers

    def _look(
        self,
        frames: Sequence[Frame],
        faces: Sequence[Faces],
        centres: Sequence[np.ndarray],
        cameras: Sequence[Camera],
    ) -> list[Poses]:
        """The method's answers to what the camera sees when it looks at each face."""
        views = []
        for frame, several, where, camera in zip(
            frames, faces, centres, cameras, strict=True
        ):
            each = (
                look_at(frame, several.take(slice(i, i + 1)), at, camera, self.inputs)
                for i, at in enumerate(where)
            )
            # A frame without faces: the method says what an answer without faces is.
            views.append([*each] or [View(frame, several, np.eye(3))])
        every = [view for several in views for view in several]
        answers = self.method.predict_batch(
            [view.frame for view in every], [view.faces for view in every]
        )
        back = [_back(*pair) for pair in zip(answers, every, strict=True)]
        ends = [0, *accumulate(map(len, views))]
        return [
            replace(Poses.join(back[start:end]), boxes=several.boxes)
            for several, (start, end) in zip(faces, pairwise(ends), strict=True)
        ]

    @staticmethod
    def _positions(
        faces: Faces, boxes: np.ndarray, rotation: np.ndarray, camera: Camera
    ) -> np.ndarray:
        """(n, 3) millimetres: from 68 landmarks where they are known, or from the box."""
        if faces.landmarks is not None and faces.landmarks.shape[1] == 68:
            return position_from_landmarks(faces.landmarks, camera)
        if faces.kind in NO_FACE_BOX:
            return np.full((len(faces), 3), np.nan)
        return position_from_box(boxes, rotation, camera)


def _back(poses: Poses, view: View) -> Poses:
    """What a method found in a view, in pixels of the frame."""
    to_frame = np.linalg.inv(view.homography)
    extras = dict(poses.extras)
    if 'crop_box' in extras:
        extras['crop_box'] = [
            box and _around(to_frame, box) for box in extras['crop_box']
        ]
    if 'landmarks' in extras:
        landmarks = np.array(extras['landmarks'], dtype=np.float64)
        landmarks[..., :2] = map_points(landmarks[..., :2], to_frame)
        extras['landmarks'] = landmarks
    return replace(poses, extras=extras)


def _around(homography: np.ndarray, box: tuple[int, ...]) -> tuple[int, ...]:
    """The whole pixels around the corners of a box after a homography."""
    left, top, right, bottom = box
    corners = np.array([[left, top], [right, top], [left, bottom], [right, bottom]])
    corners = map_points(corners, homography)
    return tuple(np.rint([*corners.min(0), *corners.max(0)]).astype(int).tolist())
