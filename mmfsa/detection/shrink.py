"""Scales a large image down before a detector looks at it."""

import cv2
import numpy as np


def shrink_to(image: np.ndarray, longest: int) -> tuple[np.ndarray, float]:
    """An image whose longer side has at most so many pixels, and its scale.

    Args:
        image: (H, W, 3), of any size.
        longest: Pixels of the longer side. Smaller images stay as they are.

    >>> shrink_to(np.zeros((4000, 1, 3), np.uint8), 640)[0].shape
    (640, 1, 3)
    """
    scale = min(1, longest / max(image.shape[:2]))
    height, width = (max(1, round(side * scale)) for side in image.shape[:2])
    if min(image.shape[:2]) * scale < 1:  # by a factor, OpenCV would leave no pixel
        return cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA), scale
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return small, scale
