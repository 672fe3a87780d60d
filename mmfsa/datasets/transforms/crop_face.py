from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
import torch
from mmcv.transforms import BaseTransform

from mmfsa.registry import TRANSFORMS

from .base import check_range
from .face_batch import FaceBatch, sample

BORDERS = {
    'replicate': cv2.BORDER_REPLICATE,
    'reflect': cv2.BORDER_REFLECT_101,
    'constant': cv2.BORDER_CONSTANT,
}


@TRANSFORMS.register_module()
class CropFace(BaseTransform):
    """Widen the face box, crop it and resize the crop: what the network sees.

    The defaults are the authors' rule for 300W-LP and AFLW2000, bit for bit; theirs for
    BIWI is ``CropFace(pad=0.4, inclusive=True)``. The crop keeps no aspect ratio.

    Required keys: ``img``, ``face_box`` (x1, y1, x2, y2 in pixels). Modified keys:
    ``img``, ``img_shape``, ``crop_box`` (x1, y1, x2, y2 of the crop in the image, the
    end exclusive).

    Args:
        pad: What is added on each of the four sides, as a fraction of the box's width
            and height. A pair (low, high) draws it per image, for training.
        shift: The box is moved by up to this fraction of its width and height, per
            image, for training.
        aspect: Range of a factor of the box's width, drawn per image, for training:
            boxes of visible landmarks are narrow where ears are covered.
        square: Grow the shorter side of the widened box until it is a square.
        border: Beyond the image the crop is cut (``'clamp'``) or filled
            (``'replicate'``, ``'reflect'``, ``'constant'``: black).
        inclusive: The box's last row and column belong to the crop.
        size: (width, height) of the result.
    """

    def __init__(
        self,
        pad: float | Sequence[float] = 0.6,
        shift: float = 0.0,
        aspect: Sequence[float] = (1.0, 1.0),
        square: bool = False,
        border: str = 'clamp',
        inclusive: bool = False,
        size: Sequence[int] = (64, 64),
    ) -> None:
        pads = (pad, pad) if isinstance(pad, (int, float)) else pad
        self.pad = check_range('pad', pads, -0.4)
        self.shift = shift
        self.aspect = check_range('aspect', aspect, 0.1)
        self.square = square
        self.border = border
        self.inclusive = inclusive
        self.size = tuple(size)
        if not 0 <= shift < 1:
            raise ValueError(f'shift must be in [0, 1), got {shift}')
        if border != 'clamp' and border not in BORDERS:
            raise ValueError(f'border must be clamp or {sorted(BORDERS)}, got {border}')
        if len(self.size) != 2 or min(self.size) < 1:
            raise ValueError(f'size must be (width, height), got {size}')

    @property
    def is_random(self) -> bool:
        return self.pad[0] != self.pad[1] or self.shift > 0 or self.aspect != (1.0, 1.0)

    @property
    def rule(self) -> str:
        """The crop in words, for reports: results compare only under the same rule."""
        low, high = self.pad
        pad = low if low == high else f'{low} to {high}'
        words = [f'face box + {pad} of its size on each side']
        if self.shift:
            words.append(f'moved by up to {self.shift} of its size')
        if self.aspect != (1.0, 1.0):
            words.append('width times {} to {}'.format(*self.aspect))
        if self.square:
            words.append('squared')
        words.append(
            'cut at the image' if self.border == 'clamp' else f'{self.border} border'
        )
        words.append(f'{"inclusive" if self.inclusive else "exclusive"} end')
        words.append('resized to {}x{} bilinear'.format(*self.size))
        return ', '.join(words)

    def _draw(self) -> tuple[float, float, float, float]:
        """Padding, horizontal and vertical shift, widening, as fractions of the box."""
        if not self.is_random:
            return self.pad[0], 0.0, 0.0, 0.0
        pad = np.random.uniform(*self.pad)
        dx, dy = np.random.uniform(-self.shift, self.shift, 2)
        # Without it no number is drawn: trainings that had none repeat.
        varies = self.aspect != (1.0, 1.0)
        return pad, dx, dy, np.random.uniform(*self.aspect) - 1 if varies else 0.0

    def transform(self, results: dict) -> dict:
        img = results['img']
        pad, dx, dy, wider = self._draw()
        x1, y1, x2, y2 = (int(v) for v in results['face_box'])
        left, top, right, bottom = _widened((x1, y1, x2, y2), pad, dx, dy, wider)
        if self.square:
            side = max(right - left, bottom - top)
            middle = (left + right) / 2, (top + bottom) / 2
            left, top = (m - side / 2 for m in middle)
            right, bottom = (m + side / 2 for m in middle)
        left, top, right, bottom = (int(v) for v in (left, top, right, bottom))

        rows, columns = img.shape[:2]
        if self.border == 'clamp':
            left, top = max(left, 0), max(top, 0)
            right, bottom = min(right, columns - 1), min(bottom, rows - 1)
        right, bottom = right + self.inclusive, bottom + self.inclusive
        crop = img[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)]
        if crop.size == 0:
            raise ValueError(
                f'{results.get("img_path", "image")}: face_box {(x1, y1, x2, y2)} has '
                f'no pixel in the image of {columns}x{rows}'
            )
        if self.border != 'clamp':
            beyond = -top, bottom - rows, -left, right - columns
            crop = cv2.copyMakeBorder(
                crop, *(max(v, 0) for v in beyond), BORDERS[self.border]
            )
        results['img'] = cv2.resize(crop, self.size)
        results['img_shape'] = results['img'].shape[:2]
        results['crop_box'] = (left, top, right, bottom)
        return results

    def batch(self, faces: FaceBatch) -> FaceBatch:
        """The same for many faces of images of one size, on the device."""
        # Exact where nothing is random: coordinates are cut to whole numbers.
        pad = faces.uniform(*self.pad) if self.is_random else self.pad[0]
        dx, dy = faces.uniform(-self.shift, self.shift, 2).T
        wider = faces.uniform(*self.aspect) - 1
        box = _widened(faces.face_box.double().trunc().T, pad, dx, dy, wider)
        low, high = torch.stack(box, dim=1).split(2, dim=1)
        if self.square:
            half = (high - low).amax(dim=1, keepdim=True) / 2
            low, high = (low + high) / 2 - half, (low + high) / 2 + half
        low, high = low.trunc().float(), high.trunc().float()
        end = low.new_tensor([faces.images.shape[3], faces.images.shape[2]])
        if self.border == 'clamp':
            low, high = low.clamp(min=0), torch.minimum(high, end - 1)
        high = high + self.inclusive
        box = torch.cat([low, high], dim=1)
        if not (torch.minimum(high, end) > low.clamp(min=0)).all():
            raise ValueError('a face_box has no pixel in its image')

        # cv2 samples between the centres of the crop's pixels, and never beyond them.
        x, y = (
            (torch.arange(n, device=low.device) + 0.5) * ((last - first) / n)[:, None]
            - 0.5
            for n, first, last in zip(self.size, low.T, high.T, strict=True)
        )
        x, y = (
            first[:, None] + steps.clamp(min=0).minimum((last - first - 1)[:, None])
            for steps, first, last in zip((x, y), low.T, high.T, strict=True)
        )
        border = 'replicate' if self.border == 'clamp' else self.border
        return replace(faces, images=sample(faces.images, x, y, border), crop_box=box)

    def __repr__(self) -> str:
        return (
            f'CropFace(pad={self.pad}, shift={self.shift}, aspect={self.aspect}, '
            f'square={self.square}, border={self.border!r}, '
            f'inclusive={self.inclusive}, size={self.size})'
        )


def _widened(box, pad, dx, dy, wider) -> tuple:
    """The corners (x1, y1, x2, y2) of a box, or of many, changed by fractions of it."""
    x1, y1, x2, y2 = box
    w, h = x2 - x1, y2 - y1
    x1, x2 = x1 - wider * w / 2, x2 + wider * w / 2
    w = x2 - x1
    return (
        x1 + dx * w - pad * w,
        y1 + dy * h - pad * h,
        x2 + dx * w + pad * w,
        y2 + dy * h + pad * h,
    )
