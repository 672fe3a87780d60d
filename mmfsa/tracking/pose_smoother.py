"""Smooths the poses of a video's faces, each by its own filter."""

import numpy as np

from mmfsa.structures import closest_triple, matrix_to_pose, pose_to_matrix

from .kalman import RotationKalmanFilter
from .learned import LearnedRotationFilter
from .one_euro import RotationOneEuroFilter

FORGET_AFTER = 10  # seconds
SMOOTHERS = {
    'one-euro': RotationOneEuroFilter,
    'kalman': RotationKalmanFilter,
    'learned': LearnedRotationFilter,
}
DEFAULT = 'learned'


class PoseSmoother:
    """Keeps a filter for each face of a video.

    Args:
        kind: One of :data:`SMOOTHERS`: `one-euro`, `kalman` or `learned`; True: the
            default one.
        **kwargs: Arguments of the filters.

    Raises:
        ValueError: There is no such kind.
    """

    def __init__(self, kind: str | bool = True, **kwargs) -> None:
        kind = DEFAULT if kind is True else kind
        if kind not in SMOOTHERS:
            raise ValueError(f'a smoother is one of {[*SMOOTHERS]}, got {kind!r}')
        self.kind = kind
        self.kwargs = kwargs
        self._filters: dict[int, object] = {}
        self._seen: dict[int, float] = {}

    def __call__(
        self,
        time: float,
        track_id: int,
        pose: np.ndarray,
        spread: float | np.ndarray | None = None,
    ) -> np.ndarray:
        """Smooth the next pose of a face.

        Args:
            time: The frame's time in seconds.
            track_id: The face's number.
            pose: (3,) yaw, pitch, roll in degrees.
            spread: How unsure the method is, see :class:`mmfsa.structures.Poses`; None: it
                does not say.

        Returns:
            (3,) float32 yaw, pitch, roll in degrees. Two triples mean the same rotation;
            the triple closer to `pose` is returned.

        Raises:
            ValueError: If the time is not later than the face's last time.
        """
        last = self._seen.get(track_id)
        if last is None or last < time - FORGET_AFTER:
            for old in [i for i, t in self._seen.items() if t < time - FORGET_AFTER]:
                del self._filters[old], self._seen[old]
            self._filters[track_id] = SMOOTHERS[self.kind](**self.kwargs)
        self._seen[track_id] = time
        pose = np.asarray(pose, dtype=np.float64)
        rotation = self._filters[track_id](time, pose_to_matrix(pose), spread)
        smoothed = matrix_to_pose(rotation)
        return closest_triple(smoothed, pose).astype(np.float32)
