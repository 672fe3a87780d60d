"""Pools that blur before they leave out pixels (Zhang, ICML 2019, Section 3)."""

from collections.abc import Sequence

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch import Tensor


class BlurPool(nn.Module):
    """Every second pixel of a blurred map; edges are repeated.

    The pixels lie where those of a 2×2 pool do.

    Args:
        channels: Channels of the map.
        taps: The filter, in rows and in columns.
    """

    def __init__(self, channels: int, taps: Sequence[float] = (1, 3, 3, 1)) -> None:
        super().__init__()
        row = torch.tensor(taps, dtype=torch.float32)
        kernel = row[:, None] * row / row.sum() ** 2
        kernel = kernel.expand(channels, 1, *kernel.shape).contiguous()
        self.register_buffer('kernel', kernel, persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """Maps (N, channels, H, W) to (N, channels, H/2, W/2)."""
        x = F.pad(x, (1, 1, 1, 1), mode='replicate')
        return F.conv2d(x, self.kernel, stride=2, groups=len(self.kernel))


class MaxBlurPool(BlurPool):
    """:class:`BlurPool` of the largest of each 2×2 pixels."""

    def __init__(self, channels: int) -> None:
        # The maxima lie half a pixel further, which makes the even filter odd.
        super().__init__(channels, taps=(1, 2, 1))

    def forward(self, x: Tensor) -> Tensor:
        """Maps (N, channels, H, W) to (N, channels, H/2, W/2)."""
        larger = F.pad(x, (0, 1, 0, 1), mode='replicate')
        return super().forward(F.max_pool2d(larger, 2, stride=1))
