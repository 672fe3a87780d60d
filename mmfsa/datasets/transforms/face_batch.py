"""Many faces at once, on the device that trains: what `batch` of the transforms takes."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
import torch.nn.functional as F
from torch import Tensor


@dataclass
class FaceBatch:
    """N faces, and the random numbers to change them by.

    Attributes:
        images: (N, 3, H, W) BGR, 0 to 255, whole numbers in float32.
        gt_pose: (N, 3) yaw, pitch, roll in degrees.
        generator: On the images' device; every transform draws from it.
        face_box: (N, 4) x1, y1, x2, y2 in pixels of the images: the boxes that the
            crop starts from.
        crop_box: (N, 4), once the faces are cropped.
        landmarks: (N, 68, 2) pixels of the images, where there are any.
        gt_landmarks: (N, 68, 2) the same as fractions of the crop, once they are labelled.
    """

    images: Tensor
    gt_pose: Tensor
    generator: torch.Generator
    face_box: Tensor | None = None
    crop_box: Tensor | None = None
    landmarks: Tensor | None = None
    gt_landmarks: Tensor | None = None

    def __len__(self) -> int:
        return len(self.images)

    def uniform(self, low: float, high: float, *shape: int) -> Tensor:
        """Random numbers in [low, high): (N, *shape)."""
        drawn = torch.rand(
            len(self), *shape, generator=self.generator, device=self.images.device
        )
        return low + (high - low) * drawn

    def part(self, chosen: Tensor) -> 'FaceBatch':
        """The faces that a mask (N,) chooses."""
        return replace(self, **{k: v[chosen] for k, v in self._tensors().items()})

    def in_parts(
        self, kind: Tensor, changes: list[Callable[['FaceBatch'], 'FaceBatch']]
    ) -> 'FaceBatch':
        """Faces of kind k (N,) are changed by the k-th function; their order is kept."""
        parts, rows = [], []
        for k, change in enumerate(changes):
            chosen = (kind == k).nonzero()[:, 0]
            if len(chosen):
                parts.append(change(self.part(chosen))._tensors())
                rows.append(chosen)
        back = torch.cat(rows).argsort()
        merged = {k: torch.cat([part[k] for part in parts])[back] for k in parts[0]}
        return replace(self, **merged)

    def _tensors(self) -> dict[str, Tensor]:
        return {k: v for k, v in vars(self).items() if isinstance(v, Tensor)}


def as_bytes(images: Tensor) -> Tensor:
    """What cv2 would make of it: rounded and cut to 0 to 255."""
    return images.round().clamp(0, 255)


def sample(
    images: Tensor,
    x: Tensor,
    y: Tensor,
    border: str = 'replicate',
    mode: str = 'bilinear',
) -> Tensor:
    """The images (N, 3, H, W) at other pixels, as cv2 samples.

    Args:
        x, y: Where each pixel of the result comes from: both (N, h, w), or the columns'
            x (N, w) and the rows' y (N, h).
        border: `replicate`, `reflect` (about the last pixel) or `constant` (black).
        mode: `bilinear` or `bicubic`.
    """
    modes = dict(replicate='border', reflect='reflection', constant='zeros')
    h, w = images.shape[2:]
    if x.ndim == 2:
        x, y = torch.broadcast_tensors(x[:, None], y[:, :, None])
    grid = torch.stack([x / (w - 1), y / (h - 1)], dim=-1) * 2 - 1
    sampled = F.grid_sample(
        images, grid, mode=mode, padding_mode=modes[border], align_corners=True
    )
    return as_bytes(sampled)


def no_batch_form(transform: object) -> NotImplementedError:
    """The error that a transform changes one image at a time only."""
    return NotImplementedError(
        f'{type(transform).__name__} works on one image at a time only: take it out of '
        'the pipeline, or train without --augment-on-device'
    )
