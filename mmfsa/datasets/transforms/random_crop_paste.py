"""Augmentation: FSA-Net's random cropping (Section 4.1)."""

import cv2
import numpy as np
import torch
from torch import Tensor

from mmfsa.inputs.relief import HOLE
from mmfsa.registry import TRANSFORMS

from .base import RandomTransform
from .face_batch import FaceBatch, sample
from .moving import move_labels, moved_batch


@TRANSFORMS.register_module()
class RandomCropPaste(RandomTransform):
    """The authors' random cropping (Section 4.1; its three kinds are from their code).

    A window at a random offset is cut out. It is smaller than the image by 1 to
    ``max_cut`` pixels. With equal probability it is resized back (bicubic), pasted at
    another offset on black, or pasted at another offset on white.

    Args:
        max_cut: Largest difference between the sides of image and window, in pixels.
        prob: Probability that one of the three kinds happens, in [0, 1].

    Raises:
        ValueError: If ``max_cut`` is below 1, or ``prob`` is not in [0, 1].
    """

    def __init__(self, max_cut: int = 15, prob: float = 0.75) -> None:
        super().__init__(prob)
        if max_cut < 1:
            raise ValueError(f'max_cut must be at least 1, got {max_cut}')
        self.max_cut = max_cut

    def augment(self, results: dict) -> None:
        img = results['img']
        h, w = img.shape[:2]
        kind = np.random.randint(3)
        cut = np.random.randint(1, self.max_cut + 1)
        x, y, to_x, to_y = np.random.randint(0, cut, 4)
        here = slice(y, y + h - cut), slice(x, x + w - cut)
        window, relief = img[here], results.get('depth')
        if kind == 0:
            results['img'] = cv2.resize(window, (w, h), interpolation=cv2.INTER_CUBIC)
            if relief is not None:
                results['depth'] = cv2.resize(
                    relief[here], (w, h), interpolation=cv2.INTER_NEAREST
                )
            move_labels(results, (w, h), window.shape[1::-1], (-x, -y))
            return
        there = slice(to_y, to_y + h - cut), slice(to_x, to_x + w - cut)
        move_labels(results, (w, h), (w, h), (to_x - x, to_y - y))
        results['img'] = np.full_like(img, 0 if kind == 1 else 255)
        results['img'][there] = window
        if relief is not None:
            results['depth'] = np.full_like(relief, HOLE)
            results['depth'][there] = relief[here]

    def augment_batch(self, faces: FaceBatch) -> FaceBatch:
        # Each kind is done apart. The last two differ by a colour.
        kind = faces.uniform(0, 3).floor()
        changes = [
            self._zoom,
            lambda f: self._paste(f, 0),
            lambda f: self._paste(f, 255),
        ]
        return faces.in_parts(kind, changes)

    def _zoom(self, faces: FaceBatch) -> FaceBatch:
        """Resize a window. Beyond the window the image goes on."""
        (x, y), cut = self._window(faces)
        h, w = faces.images.shape[2:]
        larger = torch.stack([w / (w - cut), h / (h - cut)], dim=1)
        shift = larger * (0.5 - torch.stack([x, y], dim=1)) - 0.5
        x, y = (
            first[:, None] + (_range(n, first) + 0.5) * ((n - cut) / n)[:, None] - 0.5
            for n, first in ((w, x), (h, y))
        )
        images = sample(faces.images, x, y, mode='bicubic')
        return moved_batch(faces, images, shift, torch.diag_embed(larger))

    def _paste(self, faces: FaceBatch, colour: int) -> FaceBatch:
        (from_x, from_y, to_x, to_y), cut = self._window(faces, 4)
        h, w = faces.images.shape[2:]
        x, y = (_range(n, to) - to[:, None] for n, to in ((w, to_x), (h, to_y)))
        inside_x = (x >= 0) & (x < w - cut[:, None])
        inside_y = (y >= 0) & (y < h - cut[:, None])
        moved = sample(faces.images, x + from_x[:, None], y + from_y[:, None])
        inside = (inside_y[:, :, None] & inside_x[:, None])[:, None]
        shift = torch.stack([to_x - from_x, to_y - from_y], dim=1)
        return moved_batch(faces, moved.where(inside, colour), shift)

    def _window(self, faces: FaceBatch, num: int = 2) -> tuple[Tensor, Tensor]:
        """Draw offsets (num, N) and the differences (N,) of the sides, in pixels."""
        cut = faces.uniform(1, self.max_cut + 1).floor()
        return (faces.uniform(0, 1, num) * cut[:, None]).floor().T, cut


def _range(num: int, like: Tensor) -> Tensor:
    return torch.arange(num, dtype=like.dtype, device=like.device)
