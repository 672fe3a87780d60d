"""Augmentation: compress the crop as a JPEG file."""

from collections.abc import Sequence

import cv2
import numpy as np

from mmfsa.registry import TRANSFORMS

from .base import RandomTransform, check_range


@TRANSFORMS.register_module()
class JPEGCompress(RandomTransform):
    """Compress and decode the crop, which adds the artefacts of JPEG.

    Args:
        quality: Range of JPEG's quality, within [1, 100].
        prob: Probability of the augmentation, in [0, 1].
    """

    def __init__(self, quality: Sequence[int] = (30, 90), prob: float = 0.3) -> None:
        super().__init__(prob)
        self.quality = check_range('quality', quality, 1, 100)

    def augment(self, results: dict) -> None:
        low, high = self.quality
        quality = np.random.randint(low, high + 1)
        options = [cv2.IMWRITE_JPEG_QUALITY, quality]
        encoded = cv2.imencode('.jpg', results['img'], options)[1]
        results['img'] = cv2.imdecode(encoded, cv2.IMREAD_COLOR)
