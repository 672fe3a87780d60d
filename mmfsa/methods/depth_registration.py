"""Depth registration after Martin et al. and Meyer et al.: a head is laid on the depth map.

Martin et al., "Real Time Head Model Creation and Head Pose Estimation on Consumer Depth
Cameras", ICIP 2014, and Meyer et al., "Robust Model-based 3D Head Pose Estimation", ICCV
2015. Here the head is the mean MakeHuman head (CC0), which does not change.
"""

from collections.abc import Sequence

import numpy as np

from mmfsa.inputs import InputSpec
from mmfsa.inputs.depth import below_the_crown, face_distance
from mmfsa.models.registration import Fit, cost_of, load_surface, register
from mmfsa.registry import METHODS
from mmfsa.structures import Camera, pose_to_matrix, rotation_to_axis

from .depth import DepthMethod, Head

SPEC = dict(
    modality='depth',
    interpolation='nearest',
    crop=dict(box='landmarks68', pad=0, square=True, shift=(0, -0.05), scale=2.2),
)
YAWS, PITCHES = (-60, -30, 0, 30, 60), (-30, 0, 30)  # degrees, relative to the ray
BEHIND = np.array([0, 0, 20.0])  # mm from the middle of the face to the head's origin
BEST = 3  # starts that are finished
COARSE = dict(steps=20, gates=(50.0, 15.0))
FINE = dict(steps=15, gates=(15.0, 8.0))
TRACKED = dict(steps=12, gates=(30.0, 8.0))


@METHODS.register_module()
class DepthRegistration(DepthMethod):
    """The mean head, laid on a depth map by ICP. It needs no training.

    The head starts with 15 turns; the cheapest fits are finished. In a video, the pose of
    the frame before is the start, as long as the fit is good.

    The extras have `translation` (n, 3), the origin of the mean head in millimetres (the
    centroid of its 68 landmarks), `coverage` (n,), the share of the face's points that fit,
    and `rms` (n,), their distance from the depth map in millimetres: the smaller the
    coverage, and the larger the distance, the less sure is the pose. There is no spread in
    degrees.

    Args:
        min_coverage: A face whose coverage is smaller has no pose.
        max_rms: A face whose points lie farther from the depth map has no pose.
        reach: See :class:`DepthMethod`.
        inputs: Changes of the part of the depth map that belongs to a face.
    """

    numbers = ('coverage', 'rms')
    remembers = True

    def __init__(
        self,
        min_coverage: float = 0.7,
        max_rms: float = 3.5,
        reach: float | None = 200.0,
        inputs: dict | InputSpec | None = None,
    ) -> None:
        spec = InputSpec.from_dict(inputs, SPEC)
        super().__init__(spec, reach, 'depth_registration')
        self.min_coverage = min_coverage
        self.max_rms = max_rms
        self.surface = load_surface()
        self._latest: dict[int, tuple[np.ndarray, np.ndarray]] = {}

    def find(
        self,
        depth: np.ndarray,
        camera: Camera,
        middle: np.ndarray | None,
        number: int | None,
    ) -> Head | None:
        depth = depth.astype(np.float64)
        pose = self._follow(depth, camera, number)
        if pose is None:
            pose = self._search(depth, camera, middle)
        self._latest.pop(number, None)
        if pose is None:
            return None
        fit = cost_of(self.surface, depth, camera, *pose)
        if not self._is_good(fit):
            return None
        if number is not None:
            self._latest[number] = pose
        numbers = dict(coverage=fit.coverage[0], rms=fit.rms[0])
        return Head(pose[0][0], pose[1][0], np.nan, numbers)

    def reset(self, ids: Sequence[int] | None = None) -> None:
        for number in list(self._latest) if ids is None else ids:
            self._latest.pop(number, None)

    def _is_good(self, fit: Fit) -> bool:
        """Whether the one pose of a fit is that of a head."""
        return bool(fit.coverage[0] >= self.min_coverage and fit.rms[0] <= self.max_rms)

    def _follow(
        self, depth: np.ndarray, camera: Camera, number: int | None
    ) -> tuple[np.ndarray, np.ndarray] | None:
        """The pose from that of the frame before; None where it leads to no good fit."""
        if number not in self._latest:
            return None
        face = self.surface.take(self.surface.face)
        pose = register(face, depth, camera, *self._latest[number], **TRACKED)
        good = self._is_good(cost_of(self.surface, depth, camera, *pose))
        return pose if good else None

    def _search(
        self, depth: np.ndarray, camera: Camera, middle: np.ndarray | None
    ) -> tuple[np.ndarray, np.ndarray] | None:
        """The cheapest pose from all starts; None where nothing was measured."""
        if middle is None:
            middle = below_the_crown(depth, camera)
        if (place := before(depth, camera, middle)) is None:
            return None
        ray = rotation_to_axis(place).T
        turns = ray @ pose_to_matrix([[y, p, 0.0] for y in YAWS for p in PITCHES])
        pose = turns, np.repeat(place[None], len(turns), axis=0)
        face = self.surface.take(self.surface.face)
        pose = register(face.take(slice(None, None, 2)), depth, camera, *pose, **COARSE)
        cost = cost_of(self.surface, depth, camera, *pose).cost
        best = np.argsort(cost, kind='stable')[:BEST]
        pose = register(face, depth, camera, *(part[best] for part in pose), **FINE)
        best = [np.argmin(cost_of(self.surface, depth, camera, *pose).cost)]
        return tuple(part[best] for part in pose)


def before(depth: np.ndarray, camera: Camera, middle: np.ndarray) -> np.ndarray | None:
    """Where the head's origin may be, (3,) mm, by the depth around the face's middle.

    None where nothing is measured around it.
    """
    distance = face_distance(depth, camera, middle)
    return None if distance is None else camera.rays(middle) * distance + BEHIND
