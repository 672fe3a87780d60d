"""Measures how calm smoothed poses are, and how much later they are."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from mmfsa.structures import geodesic_distance, pose_to_matrix

STEP = 0.005  # seconds from lag to lag
FORESIGHT = 0.1  # seconds that poses may be too early


class Clip(NamedTuple):
    """One face in one video.

    Attributes:
        times: (T,) times of the frames in seconds, rising.
        poses: (T, 3) measured yaw, pitch, roll in degrees.
        smoothed: (T, 3) smoothed yaw, pitch, roll in degrees.
        reference: (T, 3) exact yaw, pitch, roll in degrees; None: not known.
    """

    times: np.ndarray
    poses: np.ndarray
    smoothed: np.ndarray
    reference: np.ndarray | None = None


class Stability(NamedTuple):
    """The result of :func:`measure_stability`.

    Attributes:
        jitter: How much the measured poses tremble while the head keeps still: mean speed
            in degrees per second, of the pose, or of its error where it is known.
        smoothed_jitter: The same of the smoothed poses, in the same frames.
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
    reference: np.ndarray | None = None,
    window: float = 0.5,
    still_below: float = 15.0,
    max_lag: float = 0.5,
) -> Stability:
    """Compare smoothed poses of one face with the measured poses.

    Args:
        times: (T,) times of the frames in seconds, rising.
        poses: (T, 3) measured yaw, pitch, roll in degrees.
        smoothed: (T, 3) smoothed yaw, pitch, roll in degrees.
        reference: (T, 3) exact yaw, pitch, roll in degrees: whether the head keeps still,
            and how late poses are, is then seen in them, and the jitter is the speed of the
            error. Without them, the measured poses are the reference.
        window: Seconds around each frame. The mean of the measured poses in this window
            counts as the head's true movement, where there is no reference.
        still_below: The head keeps still below this speed, in degrees per second.
        max_lag: Longest lag that is tried, in seconds.

    Returns:
        The :class:`Stability`. Without still frames, both jitters are NaN. Without moving
        frames, the lag is NaN. Of all lags, it is the one with the smallest mean angle
        between the smoothed poses and the reference so much earlier.

    Raises:
        ValueError: If there are fewer than two frames.
    """
    clip = Clip(times, poses, smoothed, reference)
    return measure_clips([clip], window, still_below, max_lag)


def measure_clips(
    clips: Sequence[Clip],
    window: float = 0.5,
    still_below: float = 15.0,
    max_lag: float = 0.5,
) -> Stability:
    """The stability of the faces of several clips together, see
    :func:`measure_stability`."""
    jitter, smoothed_jitter, distances, still = [], [], [], []
    lags = np.arange(-FORESIGHT, max_lag, STEP)
    for clip in clips:
        times = np.asarray(clip.times, dtype=np.float64)
        if len(times) < 2:
            raise ValueError(f'stability needs two frames at least, got {len(times)}')
        measured, smooth = pose_to_matrix(clip.poses), pose_to_matrix(clip.smoothed)
        if clip.reference is None:
            true = measured
            width = max(1, round(window / np.median(np.diff(times))))
            speed = _speed(times, _centered_mean(measured, width))
            trembling = measured, smooth
        else:
            true = pose_to_matrix(clip.reference)
            speed = _speed(times, true)
            back = true.swapaxes(-1, -2)
            trembling = back @ measured, back @ smooth
        rests = speed < still_below
        still.append(rests)
        jitter.append(_speed(times, trembling[0])[rests])
        smoothed_jitter.append(_speed(times, trembling[1])[rests])
        inside = (times[1:] - times[0] > max_lag) & (times[-1] - times[1:] > FORESIGHT)
        moving = np.flatnonzero(~rests & inside) + 1
        if len(moving):
            path = _path(times, true)
            distances.append(
                [
                    geodesic_distance(smooth[moving], path(times[moving] - lag))
                    for lag in lags
                ]
            )
    lag = np.nan
    if distances:
        lag = lags[np.argmin(np.concatenate(distances, axis=1).mean(axis=1))]
    return Stability(
        jitter=_mean(np.concatenate(jitter)),
        smoothed_jitter=_mean(np.concatenate(smoothed_jitter)),
        lag=float(round(lag, 3)) + 0.0,
        still=_mean(np.concatenate(still)),
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


def _path(
    times: np.ndarray, matrices: np.ndarray
) -> Callable[[np.ndarray], np.ndarray]:
    """Rotations as a function of the time, between and at the given ones."""
    from scipy.spatial.transform import Rotation, Slerp

    path = Slerp(times, Rotation.from_matrix(matrices))
    return lambda when: path(when).as_matrix()
