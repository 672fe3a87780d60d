"""Puts the boxes of BlazeFace right by the six landmarks beside them."""

from typing import NamedTuple

import numpy as np


class PointRule(NamedTuple):
    """A box from a box and six landmarks, by sums of measured shares.

    The landmarks count relative to the box, in units of its mean side. A mirrored face
    gets the mirrored box. `tools/analysis_tools/calibrate_points.py` measures the shares.

    Attributes:
        right: How far the new centre lies to the right, by the columns of the middle of
            the eyes, the nose, the mouth, the middle of the ears, and by how much lower
            the second eye and the second ear are.
        width: The new width, by 1, the rows of the middle of the eyes, the nose, the mouth
            and the middle of the ears, and by the distances of the columns of the eyes and
            of the ears.
        down: How far the new centre lies below, by the same.
        height: The new height, by the same.
    """

    right: tuple[float, ...]
    width: tuple[float, ...]
    down: tuple[float, ...]
    height: tuple[float, ...]

    def __call__(self, boxes: np.ndarray, landmarks: np.ndarray) -> np.ndarray:
        """The boxes of upright faces; other boxes stay as they are.

        Args:
            boxes: (n, 4) float32 x1, y1, x2, y2.
            landmarks: (n, 6, 2) eyes, nose, mouth, ears; each pair from the left.

        Returns:
            (n, 4)
        """
        if not len(boxes):
            return boxes
        centre, side, odd, even, upright = measures(boxes, landmarks)
        right = odd @ np.float32(self.right)
        width, down, height = np.float32([self.width, self.down, self.height]) @ even.T
        middle = centre + side * np.stack([right, down], axis=1)
        half = side / 2 * np.stack([width, height], axis=1)
        placed = np.concatenate([middle - half, middle + half], axis=1)
        return placed if upright.all() else np.where(upright[:, None], placed, boxes)


def measures(boxes: np.ndarray, landmarks: np.ndarray) -> tuple[np.ndarray, ...]:
    """What a :class:`PointRule` sees of n faces.

    Returns:
        The boxes' centres (n, 2) and mean sides (n, 1); what changes its sign in a mirror
        (n, 6), and what does not (n, 7); and which faces are upright (n,).
    """
    sides = boxes[:, 2:] - boxes[:, :2]
    centre, side = (boxes[:, :2] + boxes[:, 2:]) / 2, sides.mean(axis=1, keepdims=True)
    points = (landmarks - centre[:, None]) / side[:, None]
    eye, eye2, nose, mouth, ear, ear2 = points.swapaxes(0, 1)
    middles = (eye + eye2) / 2, nose, mouth, (ear + ear2) / 2
    lines = eye2 - eye, ear2 - ear
    columns, rows = np.stack([*middles, *lines], axis=2).swapaxes(0, 1)
    odd = np.concatenate([columns[:, :4], rows[:, 4:]], axis=1)
    even = np.concatenate([np.ones_like(side), rows[:, :4], columns[:, 4:]], axis=1)
    upright = rows[:, 2] - rows[:, 0] > abs(columns[:, 2] - columns[:, 0])
    return centre, side, odd, even, upright
