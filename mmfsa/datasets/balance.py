"""Rare poses count more: the inverse density of a data set's labels."""

import cv2
import numpy as np

CELL = 5.0  # degrees
WIDTH = 10.0  # degrees: the standard deviation of the density's kernel


def rarity(poses: np.ndarray, power: float, limit: float) -> np.ndarray:
    """How much a face counts more, the fewer faces look the same way.

    The density is over yaw and pitch. A face and its mirror image are alike, and a turn in
    the image changes neither.

    Args:
        poses: (n, 3) yaw, pitch, roll in degrees, within ±180.
        power: 0 counts all faces alike; with 1 all poses count alike, as far as `limit`
            lets them.
        limit: A face counts at most so many times what the median face does, and at
            least the median's part of it.

    Returns:
        (n,) factors, 1 in the mean.

    Raises:
        ValueError: `power` is not in [0, 1], or `limit` is below 1.
    """
    if not 0 <= power <= 1:
        raise ValueError(f'power must be in [0, 1], got {power}')
    if limit < 1:
        raise ValueError(f'limit must be 1 or more, got {limit}')
    edges = np.arange(-180, 180 + CELL, CELL)
    yaw, pitch = np.asarray(poses, dtype=float)[:, :2].T
    both = np.concatenate([yaw, -yaw]), np.concatenate([pitch, pitch])
    counts = np.histogram2d(*both, bins=(edges, edges))[0]
    density = cv2.GaussianBlur(counts, (0, 0), WIDTH / CELL)
    rows, columns = (
        np.clip(np.searchsorted(edges, angle, 'right') - 1, 0, len(edges) - 2)
        for angle in (yaw, pitch)
    )
    inverse = density[rows, columns] ** -power
    inverse /= np.median(inverse)
    factors = inverse.clip(1 / limit, limit)
    return factors / factors.mean()
