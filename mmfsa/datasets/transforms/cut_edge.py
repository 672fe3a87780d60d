"""Augmentation: blacken edges of the crop, as where a photo ends."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch

from mmfsa.inputs.relief import HOLE
from mmfsa.registry import TRANSFORMS

from .base import RandomTransform, check_range
from .face_batch import FaceBatch


@TRANSFORMS.register_module()
class CutEdge(RandomTransform):
    """Blacken one or two sides of the crop, as if the photo ended there.

    Args:
        size: Range of the black part at a side, as a fraction of the crop's side.
        prob: Probability of the augmentation, in [0, 1].
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
        if 'depth' in results:  # there is no map, either
            relief = np.full_like(results['depth'], HOLE)
            inside = slice(top, h - bottom), slice(left, w - right)
            relief[inside] = results['depth'][inside]
            results['depth'] = relief

    def augment_batch(self, faces: FaceBatch) -> FaceBatch:
        h, w = faces.images.shape[2:]
        sides = faces.images.new_tensor([h, h, w, w])
        chosen = (
            faces.uniform(0, 1, 4).argsort().argsort() < faces.uniform(1, 3, 1).floor()
        )
        cut = (chosen * faces.uniform(*self.size, 4) * sides).round()
        top, bottom, left, right = cut.T[:, :, None]
        y = torch.arange(h, device=cut.device)
        x = torch.arange(w, device=cut.device)
        rows, columns = (y >= top) & (y < h - bottom), (x >= left) & (x < w - right)
        return replace(
            faces, images=faces.images * (rows[:, :, None] & columns[:, None])[:, None]
        )
