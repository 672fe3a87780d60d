"""Augmentation: blur the crop, as a small or unsharp face is blurred."""

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
import torch
import torch.nn.functional as F

from mmfsa.registry import TRANSFORMS

from .base import RandomTransform, check_range
from .face_batch import FaceBatch, as_bytes


@TRANSFORMS.register_module()
class Blur(RandomTransform):
    """Blur the crop with a Gaussian, as a small or unsharp face is blurred.

    Args:
        sigma: Range of the standard deviation, in pixels of the crop; at least 0.1.
        prob: Probability of the augmentation, in [0, 1].
    """

    def __init__(self, sigma: Sequence[float] = (0.3, 1.5), prob: float = 0.3) -> None:
        super().__init__(prob)
        self.sigma = check_range('sigma', sigma, 0.1)

    def augment(self, results: dict) -> None:
        sigma = np.random.uniform(*self.sigma)
        results['img'] = cv2.GaussianBlur(results['img'], (0, 0), sigma)

    def augment_batch(self, faces: FaceBatch) -> FaceBatch:
        sigma = faces.uniform(*self.sigma, 1)
        # cv2's kernel of bytes has round(6 sigma + 1) taps, made odd.
        reach = ((6 * sigma + 1).round().int() | 1) // 2
        taps = torch.arange(
            -int(reach.max()), int(reach.max()) + 1, device=sigma.device
        )
        weights = torch.exp(-0.5 * (taps / sigma) ** 2) * (taps.abs() <= reach)
        weights = weights / weights.sum(dim=1, keepdim=True)
        images = faces.images
        for _ in range(2):  # along the rows, then along the columns
            margin = len(taps) // 2
            padded = F.pad(images, (margin, margin, 0, 0), mode='reflect')
            windows = padded.unfold(3, len(taps), 1)
            images = torch.einsum('nchwk,nk->ncwh', windows, weights)
        return replace(faces, images=as_bytes(images))
