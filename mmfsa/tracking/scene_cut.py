"""Finds frames of a video that differ so much that they may be another scene."""

import numpy as np

from mmfsa.utils.images import shrink

THUMBNAIL = 32, 18  # pixels
LOWEST_CORRELATION = 0.7  # within a scene, the correlation mostly stays above
LEAST_CHANGE = 5  # grey levels; below it, the correlation measures noise


class SceneCut:
    """Finds possible cuts in a video by comparing thumbnails of successive frames.

    A near face that moves may change a thumbnail as much as a cut does, so that
    :class:`.FaceFollower` looks at the faces, too.

    Attributes:
        thumbnail: The last frame (18, 32, 3), float32; None before the first one.
    """

    def __init__(self) -> None:
        self.thumbnail = None

    def __call__(self, image: np.ndarray) -> bool:
        """Whether the next frame may show another scene than the last frame.

        Args:
            image: (H, W, 3) uint8.
        """
        thumbnail = shrink(image, THUMBNAIL, samples=4).astype(np.float32)
        last, self.thumbnail = self.thumbnail, thumbnail
        if last is None or np.abs(thumbnail - last).mean() < LEAST_CHANGE:
            return False
        one, other = (t - t.mean() for t in (thumbnail, last))
        length = np.linalg.norm(one) * np.linalg.norm(other)
        return bool((one * other).sum() <= LOWEST_CORRELATION * length)
