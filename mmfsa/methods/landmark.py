"""The method of landmarks: points in the image, fitted with the points of a head."""

from collections.abc import Mapping, Sequence

import numpy as np

from mmfsa.inputs import InputSpec
from mmfsa.landmarks import SOLVERS, HeadPoints, solve
from mmfsa.landmarks.solvers import FAR, default_camera
from mmfsa.registry import METHODS
from mmfsa.structures import ORDERS, Faces, Frame, Poses

from .base import Method

SEEN_FROM_BEHIND = -0.26  # the cosine of the head's turn: 105 degrees


@METHODS.register_module()
class LandmarkMethod(Method):
    """Landmarks to poses.

    A face has no pose (``valid`` False) where its landmarks are unknown or too few, where
    no solution lies in front of the camera, where the head would be seen from behind (as
    it is where left and right are swapped), or where the landmarks lie further from the
    fitted head than ``max_error``.

    Args:
        points: The :class:`~mmfsa.landmarks.HeadPoints`, or their settings.
        network: The method that finds the landmarks, whose answers have them among their
            extras, or its config. None: the landmarks that the faces have.
        solver: One of :data:`mmfsa.landmarks.SOLVERS`.
        focal: Focal length in image widths of a camera of which nothing is known.
        order: ``xyz``: the angles of mmfsa's convention. ``as_published``: the angles
            that most publications read (:func:`~mmfsa.structures.matrix_to_zyx_pose`),
            to reproduce their errors. ``mixed``: SynergyNet's
            (:func:`~mmfsa.structures.matrix_to_mixed_pose`). The rotation is the same.
        max_error: Root of the mean squared distance of the landmarks from the fitted
            head, in fractions of the landmarks' own size. With true landmarks of
            AFLW2000 it is 0.03 in the median, and below 0.07 always.
        name: The method's name, for records.

    Raises:
        ValueError: There is no such solver or order, or a setting is out of its range.
    """

    def __init__(
        self,
        points: HeadPoints | Mapping | None = None,
        network: Method | Mapping | None = None,
        solver: str = 'weak_perspective',
        focal: float = FAR,
        order: str = 'xyz',
        max_error: float = 0.25,
        name: str = 'landmarks',
    ) -> None:
        for key, value, known in (
            ('solver', solver, SOLVERS),
            ('order', order, ORDERS),
        ):
            if value not in known:
                raise ValueError(f'{key} must be one of {[*known]}, got {value!r}')
        for key, value in (('focal', focal), ('max_error', max_error)):
            if not value > 0:
                raise ValueError(f'{key} must be above 0, got {value}')
        if not isinstance(points, HeadPoints):
            points = HeadPoints(**(points or {}))
        if isinstance(network, Mapping):
            network = METHODS.build(dict(network))
        self.points = points
        self.network = network
        self.solver = solver
        self.focal = focal
        self.order = order
        self.max_error = max_error
        self.name = name if network is None else network.name
        if network is not None:
            self.inputs = network.inputs
            self.weights_sha256 = network.weights_sha256
            self.remembers = network.remembers

    @property
    def spec(self) -> InputSpec:
        """The input spec of the network that finds the landmarks."""
        return self.network.spec

    def estimate(self, crops: np.ndarray) -> np.ndarray:
        """The poses (N, 3) of uint8 crops (N, H, W, 3) of the spec's size; NaN: there is
        none."""
        height, width = crops.shape[1:3]
        whole = Faces(np.float32([[0, 0, width - 1, height - 1]]), 'crop')
        frames = [Frame(crop) for crop in crops]
        answers = self.predict_batch(frames, [whole] * len(crops))
        return np.concatenate([answer.euler for answer in answers])

    def predict(self, frame: Frame, faces: Faces) -> Poses:
        return self.predict_batch([frame], [faces])[0]

    def predict_batch(
        self, frames: Sequence[Frame], faces: Sequence[Faces]
    ) -> list[Poses]:
        """The poses of several frames' faces, which go through the network together.

        The extras have ``landmarks`` (K, 2) or (K, 3) in pixels, ``translation`` (3,) of
        the head in millimetres, and ``landmark_error`` (see ``max_error``) of each face,
        beside what the network's answers have.
        """
        if self.network is None:
            found = [_given(one, len(self.points.whole)) for one in faces]
            extras = [{} for _ in faces]
        else:
            answers = self.network.predict_batch(frames, faces)
            num = len(self.points.whole)
            found = [_found(answer, self.network.name, num) for answer in answers]
            extras = [a.extras for a in answers]
        return [
            self._fit(*one) for one in zip(frames, faces, found, extras, strict=True)
        ]

    def reset(self, ids: Sequence[int] | None = None) -> None:
        if self.network is not None:
            self.network.reset(ids)

    def _fit(
        self, frame: Frame, faces: Faces, landmarks: np.ndarray, extras: dict
    ) -> Poses:
        """The poses of a frame's faces from their landmarks (n, K, 2 or 3)."""
        if SOLVERS[self.solver].depth and landmarks.shape[2] == 2:
            raise ValueError(f'the solver {self.solver} needs landmarks with a depth')
        num = len(faces)
        rotation = np.full((num, 3, 3), np.nan)
        translation = np.full((num, 3), np.nan)
        error = np.full(num, np.nan)
        reasons = [''] * num
        camera = frame.camera or default_camera(frame.size, self.focal)
        for i, pixels in enumerate(landmarks):
            chosen = np.isfinite(pixels[self.points.index]).all(axis=1)
            if self.network is None and not chosen.any():
                reasons[i] = _why_none(faces, len(self.points.whole))
                continue
            try:
                points = self.points.part(chosen)
                fit, error[i] = solve(
                    self.solver, pixels[self.points.index][chosen], points, camera
                )
            except ValueError as e:
                reasons[i] = str(e)
                continue
            seen = fit.rotation[2, 2] > SEEN_FROM_BEHIND and fit.translation[2] > 0
            if seen and error[i] <= self.max_error:
                rotation[i], translation[i] = fit
            elif seen:
                reasons[i] = (
                    f'the landmarks lie {error[i]:.2f} of their size off the fitted '
                    f'head, the limit is {self.max_error:g}'
                )
            else:
                reasons[i] = (
                    'the fitted head is behind the camera or seen from behind: are left '
                    'and right of the landmarks swapped?'
                )
        euler = np.full((num, 3), np.nan)
        known = np.isfinite(rotation).all(axis=(1, 2))
        euler[known] = ORDERS[self.order](rotation[known])
        return Poses.from_outputs(
            dict(
                pose=euler,
                rotation=rotation,
                landmarks=landmarks,
                translation=translation,
                landmark_error=error,
            ),
            boxes=faces.boxes,
            reasons=reasons,
            extras={k: v for k, v in extras.items() if k != 'landmarks'},
        )


def _found(answer: Poses, name: str, num: int) -> np.ndarray:
    """The landmarks (n, num, …) of a network's answer; NaN where it saw no face.

    Raises:
        ValueError: The network finds no landmarks, or another number of them.
    """
    if 'landmarks' in answer.extras:
        landmarks = np.asarray(answer.extras['landmarks'], dtype=float)
        if landmarks.shape[1] != num:
            raise ValueError(
                f'{name} finds {landmarks.shape[1]} landmarks, and the head has {num} '
                'points: set `points` of LandmarkMethod'
            )
        return landmarks
    if answer.valid.any():
        raise ValueError(f'{name} finds poses, but no landmarks to fit a head to')
    return np.full((len(answer), num, 2), np.nan)


def _given(faces: Faces, num: int) -> np.ndarray:
    """The landmarks (n, num, 2) that faces have; NaN where they have others or none."""
    if faces.landmarks is not None and faces.landmarks.shape[1] == num:
        return faces.landmarks.astype(float)
    return np.full((len(faces), num, 2), np.nan)


def _why_none(faces: Faces, num: int) -> str:
    """Why no landmark of a face is known, where the head has this many points."""
    found = 0 if faces.landmarks is None else faces.landmarks.shape[1]
    if found == num:
        return 'none of the landmarks of the face is known'
    return (
        f'the face has {found} landmarks, and the head has {num} points: a method that '
        'finds landmarks needs none, such as own_landmarks_pnp'
    )
