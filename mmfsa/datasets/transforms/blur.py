from collections.abc import Sequence

import cv2
import numpy as np

from mmfsa.registry import TRANSFORMS

from .base import RandomTransform, check_range


@TRANSFORMS.register_module()
class Blur(RandomTransform):
    """Gaussian blur, as of a face that is small or out of focus.

    Args:
        sigma: Range of the standard deviation, in pixels of the crop.
        prob: How often it is applied.
    """

    def __init__(self, sigma: Sequence[float] = (0.3, 1.5), prob: float = 0.3) -> None:
        super().__init__(prob)
        self.sigma = check_range('sigma', sigma, 0.1)

    def augment(self, results: dict) -> None:
        sigma = np.random.uniform(*self.sigma)
        results['img'] = cv2.GaussianBlur(results['img'], (0, 0), sigma)
