"""Smooths the poses of a video's faces, each by its own filter."""

import numpy as np

from mmfsa.structures import closest_triple, matrix_to_pose, pose_to_matrix

from .one_euro import RotationOneEuroFilter

FORGET_AFTER = 10  # seconds


class PoseSmoother:
    """A :class:`RotationOneEuroFilter` for each face of a video.

    Args:
        **kwargs: Of the filters.
    """

    def __init__(self, **kwargs) -> None:
        self.kwargs = kwargs
        self._filters: dict[int, RotationOneEuroFilter] = {}
        self._seen: dict[int, float] = {}

    def __call__(self, time: float, track_id: int, pose: np.ndarray) -> np.ndarray:
        """The smoothed pose.

        Args:
            time: Of the frame, in seconds.
            track_id: Number of the face.
            pose: (3,) yaw, pitch, roll in degrees.

        Returns:
            (3,) float32, of the rotation's two triples the one closer to `pose`.
        """
        if track_id not in self._filters:
            for old in [i for i, t in self._seen.items() if t < time - FORGET_AFTER]:
                del self._filters[old], self._seen[old]
            self._filters[track_id] = RotationOneEuroFilter(**self.kwargs)
        self._seen[track_id] = time
        pose = np.asarray(pose, dtype=np.float64)
        smoothed = matrix_to_pose(self._filters[track_id](time, pose_to_matrix(pose)))
        return closest_triple(smoothed, pose).astype(np.float32)
