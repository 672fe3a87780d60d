from collections.abc import Sequence

import mmcv
import numpy as np

from mmfsa.registry import TRANSFORMS

from .base import RandomTransform, check_range


@TRANSFORMS.register_module()
class Sharpen(RandomTransform):
    """Sharpen, as cameras do, and as large photos look that were made small.

    Args:
        factor: Range of the factor of the image's difference from its smoothed self.
        prob: How often it is applied.
    """

    def __init__(self, factor: Sequence[float] = (1, 5), prob: float = 0.5) -> None:
        super().__init__(prob)
        self.factor = check_range('factor', factor, 1)

    def augment(self, results: dict) -> None:
        factor = np.random.uniform(*self.factor)
        results['img'] = mmcv.adjust_sharpness(results['img'], factor)
