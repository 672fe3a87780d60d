"""Augmentation: a random window of the crop (Hopenet; Ruiz et al., CVPRW 2018)."""

from collections.abc import Sequence

import numpy as np
import torch
from mmcv.transforms import BaseTransform
from mmengine.utils import to_2tuple

from mmfsa.registry import TRANSFORMS

from .face_batch import FaceBatch, sample
from .moving import move_labels, moved_batch


@TRANSFORMS.register_module()
class RandomCrop(BaseTransform):
    """Cut a window out of the crop, anywhere in it with the same probability.

    A network that takes 224 pixels is trained on windows of a crop of 240: set
    ``CropFace(size=240)`` before it.

    Args:
        size: Width and height of the window in pixels, or one number for both.
    """

    def __init__(self, size: int | Sequence[int]) -> None:
        self.size = to_2tuple(size)

    def transform(self, results: dict) -> dict:
        img = results['img']
        width, height = self.size
        x = np.random.randint(self._room(img.shape[1], width) + 1)
        y = np.random.randint(self._room(img.shape[0], height) + 1)
        results['img'] = np.ascontiguousarray(img[y : y + height, x : x + width])
        if 'depth' in results:
            window = results['depth'][y : y + height, x : x + width]
            results['depth'] = np.ascontiguousarray(window)
        results['img_shape'] = results['img'].shape[:2]
        move_labels(results, img.shape[1::-1], self.size, (-x, -y))
        return results

    def batch(self, faces: FaceBatch) -> FaceBatch:
        """The same for many faces, on the device."""
        columns = self._starts(faces, 3, self.size[0])
        rows = self._starts(faces, 2, self.size[1])
        images = sample(faces.images, columns, rows)
        first = torch.stack([columns[:, 0], rows[:, 0]], dim=1)
        return moved_batch(faces, images, -first)

    def _starts(self, faces: FaceBatch, axis: int, length: int) -> torch.Tensor:
        room = self._room(faces.images.shape[axis], length)
        start = faces.uniform(0, room + 1, 1).floor().clamp(max=room)
        return start + torch.arange(length, device=start.device)

    @staticmethod
    def _room(given: int, wanted: int) -> int:
        if given < wanted:
            raise ValueError(
                f'RandomCrop cuts {wanted} pixels out of a crop of {given}: set a '
                'larger size of CropFace'
            )
        return given - wanted

    def __repr__(self) -> str:
        return f'RandomCrop(size={self.size})'
