"""Where a driver looks, and whether they nod off, from the poses of one head over time.

All angles are relative to the driver's neutral pose: the camera may look from anywhere.
Yaw > 0 is the picture's left, which is the driver's right.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, pairwise

import numpy as np

from mmfsa.structures import mean_pose

CALIBRATION_SECONDS = 10.0  # from the beginning; most of it the driver looks ahead
NEUTRAL_DEGREES = 15.0  # a pose that is further from the middle is no neutral pose
# Ranges of yaw and of pitch in degrees; the first zone that fits counts. The steering
# wheel is on the left.
ZONES = {
    'road': ((-15, 15), (-10, 15)),
    'instruments': ((-15, 15), (-25, -10)),
    'lap': ((-45, 45), (-90, -25)),
    'inner mirror': ((15, 45), (-5, 30)),
    'left mirror': ((-60, -15), (-25, 15)),
    'right mirror': ((45, 75), (-25, 15)),
    'centre console': ((15, 45), (-25, -5)),
}
ELSEWHERE = 'elsewhere'
UNSEEN = 'unseen'
AWAY_SECONDS = 2.0  # not on the road for so long
UNSEEN_SECONDS = 1.0  # no pose for so long
NOD_DEGREES = 12.0  # how far the head sinks
SINK_SECONDS = 0.7  # who looks down on purpose is faster
JERK_SECONDS = 0.5  # who looks up on purpose may be slower


@dataclass(frozen=True)
class Event:
    """Something that a driver did.

    Attributes:
        kind: `away`: not on the road; `nodding off`: the head sinks and jerks up;
            `unseen`: there is no pose; or the name of a zone.
        start: In seconds.
        end: In seconds.
    """

    kind: str
    start: float
    end: float


def neutral_pose(times: np.ndarray, poses: np.ndarray) -> np.ndarray:
    """The pose in which the driver looks ahead: the mean of the most common poses.

    Args:
        times: (T,) seconds, rising.
        poses: (T, 3) yaw, pitch, roll in degrees.

    Returns:
        (3,) yaw, pitch, roll.

    Raises:
        ValueError: The head moves too much in the first :data:`CALIBRATION_SECONDS`.
    """
    first = poses[times <= times[0] + CALIBRATION_SECONDS]
    offset = np.abs(first - np.median(first, axis=0)).max(axis=1)
    near = first[offset <= NEUTRAL_DEGREES]
    if 2 * len(near) < len(first):
        raise ValueError(
            f'the head moves too much in the first {CALIBRATION_SECONDS:g} s: let the '
            'video begin with a driver who looks ahead, or give --neutral'
        )
    return mean_pose(near)


def zones(poses: np.ndarray) -> np.ndarray:
    """The name of the zone of each relative pose (T, 3), as (T,) text."""
    yaw, pitch, _ = poses.T
    names = np.full(len(poses), ELSEWHERE, dtype=object)
    for name, ((right, left), (low, high)) in reversed(ZONES.items()):
        inside = (right <= yaw) & (yaw <= left) & (low <= pitch) & (pitch <= high)
        names[inside] = name
    return names


def find_events(
    times: np.ndarray, poses: np.ndarray, away_seconds: float = AWAY_SECONDS
) -> list[Event]:
    """All that a driver did, in the order of time.

    Args:
        times: (T,) seconds, rising.
        poses: (T, 3) relative poses in degrees.
        away_seconds: A shorter look past the road is no event.
    """
    events = [
        *looks_away(times, zones(poses), away_seconds),
        *nods_off(times, poses[:, 1]),
        *gaps(times),
    ]
    return sorted(events, key=lambda event: event.start)


def stretches(times: np.ndarray, names: np.ndarray) -> Iterator[Event]:
    """What the head is turned to from the first to the last pose, one after the other.

    A pose counts until the next one. Where that is not soon, nothing is seen in between.

    Args:
        times: (T,) seconds, rising; at least two.
        names: (T,) zones.

    Yields:
        Events whose kind is a zone, or `unseen`.
    """
    states = np.where(np.diff(times) >= UNSEEN_SECONDS, UNSEEN, names[:-1])
    edges = [0, *np.flatnonzero(states[1:] != states[:-1]) + 1, len(states)]
    for first, after in pairwise(edges):
        yield Event(states[first], float(times[first]), float(times[after]))


def looks_away(times: np.ndarray, names: np.ndarray, seconds: float) -> Iterator[Event]:
    """When the head is turned to another zone than the road; a gap ends it."""
    for away, group in groupby(
        stretches(times, names), lambda part: part.kind not in ('road', UNSEEN)
    ):
        first, *_, last = [*group] * 2
        if away and last.end - first.start >= seconds:
            yield Event('away', first.start, last.end)


def nods_off(times: np.ndarray, pitch: np.ndarray) -> Iterator[Event]:
    """When the head sinks slowly and jerks up again."""
    from scipy.signal import find_peaks

    lows, found = find_peaks(-pitch, prominence=NOD_DEGREES, plateau_size=1)
    for low, left, right in zip(
        lows, found['left_bases'], found['right_bases'], strict=True
    ):
        before, after = slice(left, low + 1), slice(low, right + 1)
        tops = pitch[before].max(), pitch[after].max()
        sink = _crossings(times[before], pitch[before], pitch[low], tops[0])
        jerk = _crossings(times[after][::-1], pitch[after][::-1], pitch[low], tops[1])
        if sink[1] - sink[0] >= SINK_SECONDS and jerk[0] - jerk[1] <= JERK_SECONDS:
            yield Event('nodding off', float(sink[0]), float(jerk[0]))


def _crossings(
    times: np.ndarray, pitch: np.ndarray, low: float, top: float
) -> tuple[float, float]:
    """When the head leaves the top for good, and when it has come down."""
    part = (pitch - low) / (top - low)
    start = np.flatnonzero(part > 0.85)[-1]
    return times[start], times[start + np.argmax(part[start:] < 0.15)]


def gaps(times: np.ndarray) -> Iterator[Event]:
    """When there is no pose."""
    for i in np.flatnonzero(np.diff(times) >= UNSEEN_SECONDS):
        yield Event(UNSEEN, float(times[i]), float(times[i + 1]))


def shares(times: np.ndarray, names: np.ndarray) -> dict[str, float]:
    """The part of the time in each zone and unseen, in [0, 1]; the largest part first."""
    found = Counter()
    for part in stretches(times, names):
        found[part.kind] += (part.end - part.start) / (times[-1] - times[0])
    return dict(found.most_common())
