"""Measures how calm smoothed poses are, and how much later they are."""

from typing import NamedTuple

import numpy as np

from mmfsa.structures import geodesic_distance, pose_to_matrix


class Stability(NamedTuple):
    """The result of :func:`measure_stability`.

    Attributes:
        jitter: Mean speed of the measured poses while the head keeps still, in degrees
            per second.
        smoothed_jitter: Mean speed of the smoothed poses in the same frames.
        lag: How late the smoothed poses are while the head moves, in seconds.
        still: Share of the frames in which the head keeps still.
    """

    jitter: float
    smoothed_jitter: float
    lag: float
    still: float


def measure_stability(
    times: np.ndarray,
    poses: np.ndarray,
    smoothed: np.ndarray,
    window: float = 0.5,
    still_below: float = 15.0,
    max_lag: float = 0.5,
) -> Stability:
    """Compare smoothed poses of one face with the measured poses.

    Args:
        times: (T,) times of the frames in seconds, rising.
        poses: (T, 3) measured yaw, pitch, roll in degrees.
        smoothed: (T, 3) smoothed yaw, pitch, roll in degrees.
        window: Seconds around each frame. The mean of the measured poses in this window
            counts as the head's true movement.
        still_below: The head keeps still below this speed, in degrees per second.
        max_lag: Longest lag that is tried, in seconds.

    Returns:
        The :class:`Stability`. Without still frames, both jitters are NaN. Without moving
        frames, the lag is NaN.

    Raises:
        ValueError: If there are fewer than two frames.
    """
    if len(times) < 2:
        raise ValueError(f'stability needs two frames at least, got {len(times)}')
    measured, smooth = pose_to_matrix(poses), pose_to_matrix(smoothed)
    width = max(1, round(window / np.median(np.diff(times))))
    speed = _speed(times, _centered_mean(measured, width))
    still = speed < still_below
    moving = np.flatnonzero(~still & (times[1:] - times[0] > max_lag)) + 1

    lag = np.nan
    if len(moving):
        lags = np.arange(0, max_lag, 0.01)
        distances = [
            geodesic_distance(smooth[moving], _at(times[moving] - lag, times, measured))
            for lag in lags
        ]
        lag = lags[np.argmin(np.mean(distances, axis=1))]
    return Stability(
        jitter=_mean(_speed(times, measured)[still]),
        smoothed_jitter=_mean(_speed(times, smooth)[still]),
        lag=float(lag),
        still=_mean(still),
    )


def _speed(times: np.ndarray, matrices: np.ndarray) -> np.ndarray:
    """(T − 1,) degrees per second."""
    return geodesic_distance(matrices[:-1], matrices[1:]) / np.diff(times)


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if len(values) else np.nan


def _centered_mean(matrices: np.ndarray, width: int) -> np.ndarray:
    from scipy.ndimage import uniform_filter1d
    from scipy.spatial.transform import Rotation

    # The closest rotation to a mean of matrices is their mean rotation.
    mean = uniform_filter1d(matrices, width, axis=0, mode='nearest')
    u, _, vt = np.linalg.svd(mean)
    u[..., -1] *= np.linalg.det(u @ vt)[:, None]  # no reflection, however they differ
    return Rotation.from_matrix(u @ vt).as_matrix()


def _at(when: np.ndarray, times: np.ndarray, matrices: np.ndarray) -> np.ndarray:
    from scipy.spatial.transform import Rotation, Slerp

    return Slerp(times, Rotation.from_matrix(matrices))(when).as_matrix()
