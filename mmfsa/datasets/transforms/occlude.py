from collections.abc import Sequence

import numpy as np

from mmfsa.registry import TRANSFORMS

from .base import RandomTransform, check_range


@TRANSFORMS.register_module()
class Occlude(RandomTransform):
    """Cover a rectangle of the crop with one random colour (hands, hair, masks).

    Args:
        size: Range of the rectangle's sides, as fractions of the crop's, drawn apart.
        prob: How often it is applied.
    """

    def __init__(self, size: Sequence[float] = (0.1, 0.4), prob: float = 0.3) -> None:
        super().__init__(prob)
        self.size = check_range('size', size, 0, 1)

    def augment(self, results: dict) -> None:
        img = results['img'].copy()
        h, w = (np.random.uniform(*self.size, 2) * img.shape[:2]).round().astype(int)
        y = np.random.randint(img.shape[0] - h + 1)
        x = np.random.randint(img.shape[1] - w + 1)
        img[y : y + h, x : x + w] = np.random.randint(0, 256, 3)
        results['img'] = img
