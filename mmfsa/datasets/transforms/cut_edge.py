from collections.abc import Sequence

import numpy as np

from mmfsa.registry import TRANSFORMS

from .base import RandomTransform, check_range


@TRANSFORMS.register_module()
class CutEdge(RandomTransform):
    """Let the picture end within the crop: on one or two sides the rest is black.

    Args:
        size: Range of what is cut off at a side, as a fraction of the crop's.
        prob: How often it is applied.
    """

    def __init__(self, size: Sequence[float] = (0.02, 0.2), prob: float = 0.3) -> None:
        super().__init__(prob)
        self.size = check_range('size', size, 0, 0.5)

    def augment(self, results: dict) -> None:
        img = results['img'].copy()
        h, w = img.shape[:2]
        chosen = np.random.permutation(4) < np.random.randint(1, 3)
        cut = chosen * np.random.uniform(*self.size, 4) * (h, h, w, w)
        top, bottom, left, right = cut.round().astype(int)
        img[:top] = 0
        img[h - bottom :] = 0
        img[:, :left] = 0
        img[:, w - right :] = 0
        results['img'] = img
