"""How patches answer a test, and which of many tests splits them best: compiled loops."""

import numpy as np

from mmfsa.utils.compiled import compiled

from .votes import HALF, LOWER, MICROMETRES

BINS = 32
WIDE = 2.5  # deviations of the answers, to either side, that the thresholds cover


@compiled
def differences(
    sums: np.ndarray,
    frame: np.ndarray,
    at: np.ndarray,
    rows: np.ndarray,
    steps: np.ndarray,
) -> np.ndarray:
    """The mean depth in a test's first box minus that in its second, (N,) float32 mm.

    Args:
        sums: (F, M) int64, what :func:`~.votes.sum_up` gives of each map.
        frame: The map of each patch.
        at: The place of each patch's first pixel in the sums.
        rows: (N,) the patches.
        steps: (1, 8) of :func:`~.growing.corners`.
    """
    value = np.empty(len(rows), np.float32)
    a, b, c, d = steps[0, 0], steps[0, 1], steps[0, 2], steps[0, 3]
    e, f, g, h = steps[0, 4], steps[0, 5], steps[0, 6], steps[0, 7]
    for i in range(len(rows)):
        map_, first = frame[rows[i]], at[rows[i]]
        one = sums[map_, first + a] - sums[map_, first + b]
        one += sums[map_, first + d] - sums[map_, first + c]
        other = sums[map_, first + e] - sums[map_, first + f]
        other += sums[map_, first + h] - sums[map_, first + g]
        mean = np.float32(one & LOWER) / np.float32(max(one >> HALF, 1))
        mean -= np.float32(other & LOWER) / np.float32(max(other >> HALF, 1))
        value[i] = mean
    return value


@compiled
def best_test(
    sums: np.ndarray,
    frame: np.ndarray,
    at: np.ndarray,
    aims: np.ndarray,
    rows: np.ndarray,
    steps: np.ndarray,
    fewest: int,
    head: float,
) -> tuple[int, int]:
    """The test and the threshold that leave the smallest sum of squares.

    Args:
        sums, frame, at, rows: As in :func:`differences`.
        aims: (…, 7) float32 of each patch 1 or 0, head or no head, and what it votes for.
        steps: (K, 8) of the tests.
        fewest: The fewest patches on either side.
        head: What the first of the aims weighs.

    Returns:
        The test's number, −1 where there is none; the threshold in micrometres.
    """
    best, chosen, limit = -1.0, -1, 0
    number = len(rows)
    many = np.empty(BINS, np.float32)
    total = np.empty((BINS, 7), np.float32)
    left, all_ = np.empty(7, np.float32), np.zeros(7, np.float32)
    for i in range(number):
        for j in range(7):
            all_[j] += aims[rows[i], j]
    for test in range(len(steps)):
        value = differences(sums, frame, at, rows, steps[test : test + 1])
        middle, deviation = value.mean(), value.std()
        if deviation < 0.5:
            continue
        low = middle - WIDE * deviation
        size = 2 * WIDE * deviation / BINS
        many[:], total[:] = 0, 0
        for i in range(number):
            bin_ = min(max(int((value[i] - low) / size), 0), BINS - 1)
            many[bin_] += 1
            for j in range(7):
                total[bin_, j] += aims[rows[i], j]
        count = np.float32(0)
        left[:] = 0
        for bin_ in range(BINS - 1):
            count += many[bin_]
            for j in range(7):
                left[j] += total[bin_, j]
            if count < fewest or number - count < fewest:
                continue
            heads, others = left[0], all_[0] - left[0]
            gain = head * (heads * heads / count + others * others / (number - count))
            for j in range(1, 7):
                rest = all_[j] - left[j]
                gain += left[j] * left[j] / max(heads, 1)
                gain += rest * rest / max(others, 1)
            if gain > best:
                best, chosen = gain, test
                limit = int(np.rint((low + (bin_ + 1) * size) * MICROMETRES))
    return chosen, limit
