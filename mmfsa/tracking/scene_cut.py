"""Finds the cuts between the scenes of a video."""

import numpy as np

from mmfsa.utils.images import shrink

THUMBNAIL = 32, 18  # pixels
LOWEST_CORRELATION = 0.5  # within a scene, the correlation stays above 0.7
LEAST_CHANGE = 5  # grey levels; below it, the correlation measures noise


class SceneCut:
    """Finds cuts in a video by comparing thumbnails of successive frames."""

    def __init__(self) -> None:
        self._last = None

    def __call__(self, image: np.ndarray) -> bool:
        """Whether the next frame shows another scene than the last frame.

        Args:
            image: (H, W, 3) uint8.
        """
        thumbnail = shrink(image, THUMBNAIL, samples=4).astype(np.float32)
        last, self._last = self._last, thumbnail
        if last is None or np.abs(thumbnail - last).mean() < LEAST_CHANGE:
            return False
        one, other = (t - t.mean() for t in (thumbnail, last))
        length = np.linalg.norm(one) * np.linalg.norm(other)
        return bool((one * other).sum() <= LOWEST_CORRELATION * length)
