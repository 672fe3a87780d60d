"""Augmentation: FSA-Net's random scaling (Section 4.1)."""

from collections.abc import Sequence

import numpy as np
import torch

from mmfsa.registry import TRANSFORMS

from .base import RandomTransform, check_range, warp_crop
from .face_batch import FaceBatch, sample
from .moving import move_labels, moved_batch


@TRANSFORMS.register_module()
class RandomZoom(RandomTransform):
    """The authors' random scaling (Section 4.1) about the crop's centre.

    Width and height have their own factors. A factor below 1 enlarges the image, since
    one pixel of the result is a step of that many pixels in the image. Beyond the image,
    its edge is repeated.

    Args:
        scale: Range of the two factors; at least 0.1.
        prob: Probability of the augmentation, in [0, 1].
    """

    def __init__(self, scale: Sequence[float] = (0.8, 1.2), prob: float = 0.7) -> None:
        super().__init__(prob)
        self.scale = check_range('scale', scale, 0.1)

    def augment(self, results: dict) -> None:
        h, w = results['img'].shape[:2]
        sx, sy = np.random.uniform(*self.scale, 2)
        to_source = np.array(
            [[sx, 0, (1 - sx) * (w - 1) / 2], [0, sy, (1 - sy) * (h - 1) / 2]]
        )
        turn = np.diag([1 / sx, 1 / sy])
        move_labels(results, (w, h), (w, h), -turn @ to_source[:, 2], turn)
        warp_crop(results, to_source)

    def augment_batch(self, faces: FaceBatch) -> FaceBatch:
        h, w = faces.images.shape[2:]
        scales = faces.uniform(*self.scale, 2)
        x, y = (
            scale[:, None] * (torch.arange(n, device=scale.device) - (n - 1) / 2)
            + (n - 1) / 2
            for n, scale in zip((w, h), scales.T, strict=True)
        )
        centre = scales.new_tensor([(w - 1) / 2, (h - 1) / 2])
        turn = torch.diag_embed(1 / scales)
        images = sample(faces.images, x, y)
        return moved_batch(faces, images, centre - turn @ centre, turn)
