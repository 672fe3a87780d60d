"""The neutral pose of each face in a video: the mean of its first seconds."""

import numpy as np

from mmfsa.structures import mean_pose


class NeutralPose:
    """Learns the neutral poses of a video's faces, each from how it begins.

    Until these seconds are over, the neutral pose is the mean so far.

    Args:
        seconds: How long a face looks straight ahead, from when it is first seen.

    >>> neutral = NeutralPose(1.0)
    >>> for time, yaw in ((0, 10), (1, 20), (2, 90)):
    ...     found = neutral(time, 1, [yaw, 0, 0])
    >>> found.round(6) + 0
    array([15.,  0.,  0.])
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._first: dict[int, float] = {}
        self._seen: dict[int, list[np.ndarray]] = {}
        self._means: dict[int, np.ndarray] = {}

    def __call__(self, time: float, track_id: int, pose: np.ndarray) -> np.ndarray:
        """Take the next pose of a face; return its neutral pose.

        Args:
            time: The frame's time in seconds.
            track_id: The face's number.
            pose: (3,) yaw, pitch, roll in degrees.

        Returns:
            (3,) yaw, pitch, roll in degrees.
        """
        first = self._first.setdefault(track_id, time)
        if time <= first + self.seconds:
            seen = self._seen.setdefault(track_id, [])
            seen.append(np.asarray(pose, dtype=np.float64))
            self._means[track_id] = np.asarray(mean_pose(np.stack(seen)))
        return self._means[track_id]
