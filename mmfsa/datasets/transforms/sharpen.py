"""Augmentation: sharpen the crop, as cameras do."""

from collections.abc import Sequence
from dataclasses import replace

import mmcv
import numpy as np
import torch.nn.functional as F

from mmfsa.registry import TRANSFORMS

from .base import RandomTransform, check_range
from .face_batch import FaceBatch, as_bytes


@TRANSFORMS.register_module()
class Sharpen(RandomTransform):
    """Sharpen the crop, as cameras do.

    Large photos that are made small look sharpened, too.

    Args:
        factor: Range of the factor for the difference between the image and the
            smoothed image; at least 1.
        prob: Probability of the augmentation, in [0, 1].
    """

    def __init__(self, factor: Sequence[float] = (1, 5), prob: float = 0.5) -> None:
        super().__init__(prob)
        self.factor = check_range('factor', factor, 1)

    def augment(self, results: dict) -> None:
        factor = np.random.uniform(*self.factor)
        results['img'] = mmcv.adjust_sharpness(results['img'], factor)

    def augment_batch(self, faces: FaceBatch) -> FaceBatch:
        factor = faces.uniform(*self.factor, 1, 1, 1)
        padded = F.pad(faces.images, (1, 1, 1, 1), mode='reflect')
        # mmcv's kernel of thirteenths: nine ones, and four more in the middle.
        smooth = as_bytes((9 * F.avg_pool2d(padded, 3, 1) + 4 * faces.images) / 13)
        return replace(
            faces, images=as_bytes(smooth + factor * (faces.images - smooth))
        )
