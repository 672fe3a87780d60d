"""Nods, shakes and looking away, from the poses of one face over time."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

MIN_SWING = 6.0  # degrees: smaller movements are not meant
SWING_SECONDS = 0.06, 0.7  # faster is noise, slower is looking around
PAUSE_SECONDS = 0.3  # a longer one between two swings ends the gesture
MIN_SWINGS = 3  # down, up, down
ALIKE = 0.5  # how large the smaller of two successive swings is beside the larger
DOMINANCE = 1.5  # how much further than the other angle the gesture's angle travels
AWAY_DEGREES = 30.0  # between the face's direction and the camera's
AWAY_SECONDS = 0.4  # a shorter glance still counts as attention


@dataclass(frozen=True)
class Event:
    """Something that a face did.

    Attributes:
        kind: `nod`, `shake`, or `away` from the camera.
        start: In seconds.
        end: In seconds.
    """

    kind: str
    start: float
    end: float


def find_events(times: np.ndarray, poses: np.ndarray) -> list[Event]:
    """All that a face did, in the order of time.

    Args:
        times: (T,) seconds, rising.
        poses: (T, 3) yaw, pitch, roll in degrees.
    """
    yaw, pitch, _ = poses.T
    events = [
        *gestures(times, pitch, yaw, 'nod'),
        *gestures(times, yaw, pitch, 'shake'),
        *looks_away(times, yaw, pitch),
    ]
    return sorted(events, key=lambda event: event.start)


def gestures(
    times: np.ndarray, angle: np.ndarray, other: np.ndarray, kind: str
) -> Iterator[Event]:
    """Quick swings of one angle, one after the other, in which the other moves less."""
    for series in in_a_row(times, angle, swings(angle)):
        first, last = series[0][0], series[-1][1] + 1
        further = travel(angle[first:last]) > DOMINANCE * travel(other[first:last])
        if len(series) >= MIN_SWINGS and further:
            yield Event(kind, float(times[first]), float(times[last - 1]))


def swings(angle: np.ndarray) -> list[tuple[int, int]]:
    """The movements from one turning point to the next, of MIN_SWING or more.

    Args:
        angle: (T,) degrees.

    Returns:
        First and last index of each, without the time in which the angle stays at a
        turning point.
    """
    turns, rising, low, high = [], None, 0, 0
    for i, value in enumerate(angle):
        low = i if value < angle[low] else low
        high = i if value > angle[high] else high
        if rising is not True and value - angle[low] >= MIN_SWING:
            turns.append(low)
            rising, high = True, i
        elif rising is not False and angle[high] - value >= MIN_SWING:
            turns.append(high)
            rising, low = False, i
    if turns:
        turns.append(high if rising else low)
    moving = []
    for start, end in pairwise(turns):
        part = (angle[start : end + 1] - angle[start]) / (angle[end] - angle[start])
        first = np.flatnonzero(part < 0.15)[-1]
        moving.append((start + int(first), start + int(np.argmax(part > 0.85))))
    return moving


def in_a_row(
    times: np.ndarray, angle: np.ndarray, movements: list[tuple[int, int]]
) -> Iterator[list[tuple[int, int]]]:
    """Quick movements, grouped while each is like the one before and follows at once."""
    shortest, longest = SWING_SECONDS
    series = []
    for start, end in movements:
        quick = shortest <= times[end] - times[start] <= longest
        if series:
            before = series[-1]
            small, large = sorted(
                abs(angle[last] - angle[first])
                for first, last in (before, (start, end))
            )
            pause = times[start] - times[before[1]]
            if not quick or pause > PAUSE_SECONDS or small < ALIKE * large:
                yield series
                series = []
        if quick:
            series.append((start, end))
    if series:
        yield series


def travel(angle: np.ndarray) -> float:
    """How far an angle moves in all, in degrees."""
    return float(np.abs(np.diff(angle)).sum())


def looks_away(
    times: np.ndarray, yaw: np.ndarray, pitch: np.ndarray
) -> Iterator[Event]:
    """When the face points past the camera for longer than a glance."""
    # Between the face's forward axis and the camera's, whatever the roll.
    cosine = np.cos(np.radians(yaw)) * np.cos(np.radians(pitch))
    off = np.degrees(np.arccos(cosine)) > AWAY_DEGREES
    edges = np.flatnonzero(np.diff(np.r_[0, off, 0]))
    for first, after in edges.reshape(-1, 2):
        start, end = times[first], times[min(after, len(times) - 1)]
        if end - start >= AWAY_SECONDS:
            yield Event('away', float(start), float(end))


def attention(times: np.ndarray, events: list[Event]) -> float:
    """The part of the time in which the face points at the camera, in [0, 1]."""
    missed = sum(event.end - event.start for event in events if event.kind == 'away')
    return 1 - missed / max(times[-1] - times[0], 1e-9)
