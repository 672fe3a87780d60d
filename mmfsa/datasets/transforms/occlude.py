"""Augmentation: cover a part of the crop."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch

from mmfsa.inputs.relief import FACE, STEP
from mmfsa.registry import TRANSFORMS

from .base import RandomTransform, check_range
from .face_batch import FaceBatch

AHEAD = 30, 180  # mm that something is before the face which it covers


@TRANSFORMS.register_module()
class Occlude(RandomTransform):
    """Cover a rectangle of the crop with one random colour, as hands or masks do.

    Args:
        size: Range of the rectangle's sides, as fractions of the crop's sides. Each side
            is drawn apart.
        prob: Probability of the augmentation, in [0, 1].
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
        if 'depth' in results:  # what covers a face is before it
            results['depth'] = results['depth'].copy()
            ahead = np.random.randint(*AHEAD) / STEP
            results['depth'][y : y + h, x : x + w] = min(FACE + round(ahead), 255)

    def augment_batch(self, faces: FaceBatch) -> FaceBatch:
        shape = torch.tensor(faces.images.shape[2:], device=faces.images.device)
        size = (faces.uniform(*self.size, 2) * shape).round()
        first = (faces.uniform(0, 1, 2) * (shape - size + 1)).floor()
        rows, columns = (
            (torch.arange(n, device=shape.device) >= low[:, None])
            & (torch.arange(n, device=shape.device) < (low + length)[:, None])
            for n, low, length in zip(shape, first.T, size.T, strict=True)
        )
        covered = (rows[:, :, None] & columns[:, None])[:, None]
        colour = faces.uniform(0, 256, 3, 1, 1).floor()
        return replace(faces, images=torch.where(covered, colour, faces.images))
