"""Augmentation: a relief that was measured less well."""

from collections.abc import Sequence

import cv2
import numpy as np

from mmfsa.inputs.relief import HOLE, STEP
from mmfsa.registry import TRANSFORMS

from .base import RandomTransform, check_range


@TRANSFORMS.register_module()
class DepthNoise(RandomTransform):
    """Shift the relief of the crop, add noise, and tear holes into it.

    It stands after ``CropFace``, and changes the relief alone. A crop without one is
    refused.

    Args:
        shift: The largest error of the face's distance in millimetres.
        noise: Range of the noise's deviation in millimetres.
        holes: Range of the share of the crop that is torn out, in spots.
        prob: Probability of the augmentation, in [0, 1].
    """

    def __init__(
        self,
        shift: float = 15.0,
        noise: Sequence[float] = (0, 4),
        holes: Sequence[float] = (0, 0.15),
        prob: float = 0.7,
    ) -> None:
        super().__init__(prob)
        self.shift = shift
        self.noise = check_range('noise', noise, 0)
        self.holes = check_range('holes', holes, 0, 1)

    def augment(self, results: dict) -> None:
        if 'depth' not in results:
            raise ValueError(
                'DepthNoise changes depth, and this network sees none: take it out of the '
                'pipeline'
            )
        relief = results['depth']
        shape = relief.shape
        change = np.random.uniform(-self.shift, self.shift)
        change += np.random.uniform(*self.noise) * np.random.standard_normal(shape)
        moved = np.clip(np.rint(relief + change / STEP), 1, 255)
        spots = cv2.GaussianBlur(np.random.standard_normal(shape), (0, 0), 2)
        torn = spots < np.quantile(spots, np.random.uniform(*self.holes))
        kept = (relief != HOLE) & ~torn
        results['depth'] = np.where(kept, moved, HOLE).astype(np.uint8)
