"""Fits an image into the square that a detector takes, and places back into the image."""

from typing import NamedTuple

import numpy as np

from mmfsa.utils.images import shrink


class Letterbox(NamedTuple):
    """An image in the middle of a square, scaled to it, with black bars.

    Attributes:
        square: (side, side, 3) BGR uint8.
        scale: Pixels of the square to one of the image.
        start: Where the image begins in the square, x and y in pixels.
    """

    square: np.ndarray
    scale: float
    start: tuple[int, int]

    @classmethod
    def of(cls, image: np.ndarray, side: int) -> 'Letterbox':
        """Fit an image (H, W, 3) into a square."""
        height, width = image.shape[:2]
        scale = side / max(height, width)
        inner = [max(1, round(length * scale)) for length in (width, height)]
        left, top = ((side - length) // 2 for length in inner)
        square = np.zeros((side, side, 3), np.uint8)
        square[top : top + inner[1], left : left + inner[0]] = shrink(image, inner)
        return cls(square, scale, (left, top))

    def to_image(self, points: np.ndarray) -> np.ndarray:
        """Points (..., 2) of the square, x and y, in pixels of the image."""
        return (points - np.float32(self.start)) / np.float32(self.scale)
