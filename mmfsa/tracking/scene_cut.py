"""Finds the cuts between the scenes of a video."""

import cv2
import numpy as np

THUMBNAIL = 32, 18  # pixels
LOWEST_CORRELATION = 0.5  # within a shot it stays above 0.7
LEAST_CHANGE = 5  # grey levels; below it a correlation is of noise


class SceneCut:
    """Tells where a video cuts to another scene, by thumbnails of successive frames."""

    def __init__(self) -> None:
        self._last = None

    def __call__(self, image: np.ndarray) -> bool:
        """Whether a frame (H, W, 3), uint8, shows another scene than the last one."""
        thumbnail = cv2.resize(image, THUMBNAIL, interpolation=cv2.INTER_AREA)
        thumbnail = thumbnail.astype(np.float32)
        last, self._last = self._last, thumbnail
        if last is None or np.abs(thumbnail - last).mean() < LEAST_CHANGE:
            return False
        one, other = (t - t.mean() for t in (thumbnail, last))
        length = np.linalg.norm(one) * np.linalg.norm(other)
        return bool((one * other).sum() <= LOWEST_CORRELATION * length)
