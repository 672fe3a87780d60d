"""Augmentation: change the brightness, contrast and colours of the crop."""

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
import torch

from mmfsa.registry import TRANSFORMS

from .base import RandomTransform, check_range
from .face_batch import FaceBatch, as_bytes

GREY = np.array([0.114, 0.587, 0.299])  # of B, G, R


@TRANSFORMS.register_module()
class ColorJitter(RandomTransform):
    """Change brightness, contrast, saturation and tint, by one linear map of colours.

    Args:
        brightness: Range of the factor for all values.
        contrast: Range of the factor for a value's distance to the crop's mean grey.
        saturation: Range of the factor for a value's distance to the pixel's grey. The
            factor 0 makes a grey image.
        tint: Range of the factor for each channel, as coloured light changes it. Each
            channel has its own factor.
        prob: Probability of the augmentation, in [0, 1].
    """

    def __init__(
        self,
        brightness: Sequence[float] = (0.7, 1.3),
        contrast: Sequence[float] = (0.7, 1.3),
        saturation: Sequence[float] = (0.5, 1.5),
        tint: Sequence[float] = (0.95, 1.05),
        prob: float = 0.5,
    ) -> None:
        super().__init__(prob)
        self.brightness = check_range('brightness', brightness, 0)
        self.contrast = check_range('contrast', contrast, 0)
        self.saturation = check_range('saturation', saturation, 0)
        self.tint = check_range('tint', tint, 0)

    def augment(self, results: dict) -> None:
        img = results['img']
        brightness = np.random.uniform(*self.brightness)
        contrast = np.random.uniform(*self.contrast)
        saturation = np.random.uniform(*self.saturation)
        gain = brightness * np.random.uniform(*self.tint, 3)
        mean_grey = GREY @ cv2.mean(img)[:3]
        mix = saturation * np.eye(3) + (1 - saturation) * GREY
        offset = (1 - contrast) * mean_grey * gain
        colour_map = np.column_stack([contrast * gain[:, None] * mix, offset])
        results['img'] = cv2.transform(img, colour_map)

    def augment_batch(self, faces: FaceBatch) -> FaceBatch:
        grey = faces.images.new_tensor(GREY)
        brightness = faces.uniform(*self.brightness, 1)
        contrast = faces.uniform(*self.contrast, 1)
        saturation = faces.uniform(*self.saturation, 1, 1)
        gain = brightness * faces.uniform(*self.tint, 3)
        mean_grey = faces.images.mean(dim=(2, 3)) @ grey
        mix = saturation * torch.eye(3, device=grey.device) + (1 - saturation) * grey
        offset = (1 - contrast) * mean_grey[:, None] * gain
        mapped = torch.einsum(
            'nij,njhw->nihw', (contrast * gain)[:, :, None] * mix, faces.images
        )
        return replace(faces, images=as_bytes(mapped + offset[:, :, None, None]))
