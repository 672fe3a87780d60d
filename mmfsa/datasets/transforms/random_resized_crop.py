"""Augmentation: a random window, resized (GoogLeNet; Szegedy et al., CVPR 2015)."""

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
import torch
from mmcv.transforms import BaseTransform
from mmengine.utils import to_2tuple

from mmfsa.registry import TRANSFORMS

from .base import check_range
from .face_batch import FaceBatch, sample
from .moving import move_labels, moved_batch

TRIES = 10


@TRANSFORMS.register_module()
class RandomResizedCrop(BaseTransform):
    """Cut a window of random area and form out of the crop, and resize it.

    The window's form counts in pixels of the image: where ``CropFace`` has changed the
    form of a crop (``crop_box``), this is undone. Ten windows are drawn; the first one
    that fits is taken, or the whole crop where none fits.

    Args:
        size: Width and height of the result in pixels, or one number for both.
        scale: Range of the window's area, as a part of the crop's.
        ratio: Range of the window's width divided by its height; its logarithm is drawn.
    """

    def __init__(
        self,
        size: int | Sequence[int],
        scale: Sequence[float] = (0.08, 1.0),
        ratio: Sequence[float] = (3 / 4, 4 / 3),
    ) -> None:
        self.size = to_2tuple(size)
        self.scale = check_range('scale', scale, 0.01, 1)
        self.ratio = check_range('ratio', ratio, 0.01)

    def transform(self, results: dict) -> dict:
        img = results['img']
        height, width = img.shape[:2]
        left, top, right, bottom = results.get('crop_box', (0, 0, width, height))
        share = np.random.uniform(*self.scale, TRIES)
        ratio = np.exp(np.random.uniform(*np.log(self.ratio), TRIES))
        w, h, fits = self._windows(share, ratio * (bottom - top) / (right - left))
        w, h = (w[fits][0], h[fits][0]) if fits.any() else (1.0, 1.0)
        x = (1 - w) * np.random.uniform(0, 1)
        y = (1 - h) * np.random.uniform(0, 1)
        columns = self._pixels(x, w, width, np.arange(self.size[0]))
        rows = self._pixels(y, h, height, np.arange(self.size[1]))
        grid = np.meshgrid(columns.astype(np.float32), rows.astype(np.float32))
        results['img'] = cv2.remap(
            img, *grid, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        if 'depth' in results:
            results['depth'] = cv2.remap(results['depth'], *grid, cv2.INTER_NEAREST)
        results['img_shape'] = results['img'].shape[:2]
        across = self._move(x, w, width, self.size[0])
        larger, shift = np.transpose([across, self._move(y, h, height, self.size[1])])
        move_labels(results, (width, height), self.size, shift, np.diag(larger))
        return results

    def batch(self, faces: FaceBatch) -> FaceBatch:
        """The same for many faces, on the device."""
        height, width = faces.images.shape[2:]
        if faces.crop_box is None:
            form = height / width
        else:
            left, top, right, bottom = faces.crop_box.split(1, dim=1)
            form = (bottom - top) / (right - left)
        share = faces.uniform(*self.scale, TRIES)
        ratio = faces.uniform(*np.log(self.ratio).tolist(), TRIES).exp()
        w, h, fits = self._windows(share, ratio * form)
        first = fits.int().argmax(dim=1, keepdim=True)
        found = fits.any(dim=1, keepdim=True)
        w, h = (torch.where(found, side.gather(1, first), 1.0) for side in (w, h))
        x = (1 - w) * faces.uniform(0, 1, 1)
        y = (1 - h) * faces.uniform(0, 1, 1)
        across, down = (torch.arange(side, device=x.device) for side in self.size)
        columns = self._pixels(x, w, width, across)
        rows = self._pixels(y, h, height, down)
        images = sample(faces.images, columns, rows)
        across = self._move(x, w, width, self.size[0])
        down = self._move(y, h, height, self.size[1])
        larger, shift = (torch.cat(p, dim=1) for p in zip(across, down, strict=True))
        return moved_batch(faces, images, shift, torch.diag_embed(larger))

    @staticmethod
    def _windows(share: Any, ratio: Any) -> tuple[Any, Any, Any]:
        """Width and height of windows as parts of the crop's, and whether they fit.

        Args:
            share: Their areas, as parts of the crop's.
            ratio: Their widths divided by their heights, both as parts of the crop's.
        """
        w, h = (share * ratio) ** 0.5, (share / ratio) ** 0.5
        return w, h, (w <= 1) & (h <= 1)

    @staticmethod
    def _pixels(start: Any, part: Any, length: int, steps: Any) -> Any:
        """Where the pixels 0, 1, … of the result lie along an axis of the crop."""
        at = (start + part * (steps + 0.5) / len(steps)) * length - 0.5
        return at.clip(0, length - 1)

    @staticmethod
    def _move(start: Any, part: Any, length: int, new: int) -> tuple[Any, Any]:
        """Along an axis, the pixel p goes to ``larger * p + shift``: these two."""
        larger = new / (part * length)
        return larger, larger * (0.5 - start * length) - 0.5

    def __repr__(self) -> str:
        return (
            f'RandomResizedCrop(size={self.size}, scale={self.scale}, '
            f'ratio={self.ratio})'
        )
