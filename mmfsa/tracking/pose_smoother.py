"""Smooths the poses of a video's faces, each by its own filter."""

import numpy as np

from mmfsa.structures import closest_triple, matrix_to_pose, pose_to_matrix

from .one_euro import RotationOneEuroFilter

FORGET_AFTER = 10  # seconds


class PoseSmoother:
    """Keeps a :class:`RotationOneEuroFilter` for each face of a video.

    Args:
        **kwargs: Arguments of the filters.
    """

    def __init__(self, **kwargs) -> None:
        self.kwargs = kwargs
        self._filters: dict[int, RotationOneEuroFilter] = {}
        self._seen: dict[int, float] = {}

    def __call__(self, time: float, track_id: int, pose: np.ndarray) -> np.ndarray:
        """Smooth the next pose of a face.

        Args:
            time: The frame's time in seconds.
            track_id: The face's number.
            pose: (3,) yaw, pitch, roll in degrees.

        Returns:
            (3,) float32 yaw, pitch, roll in degrees. Two triples mean the same rotation;
            the triple closer to `pose` is returned.

        Raises:
            ValueError: If the time is not later than the face's last time.
        """
        if track_id not in self._filters:
            for old in [i for i, t in self._seen.items() if t < time - FORGET_AFTER]:
                del self._filters[old], self._seen[old]
            self._filters[track_id] = RotationOneEuroFilter(**self.kwargs)
        self._seen[track_id] = time
        pose = np.asarray(pose, dtype=np.float64)
        smoothed = matrix_to_pose(self._filters[track_id](time, pose_to_matrix(pose)))
        return closest_triple(smoothed, pose).astype(np.float32)
