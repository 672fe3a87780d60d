"""FAN: stacked hourglasses of multi-scale blocks (Bulat and Tzimiropoulos, ICCV 2017).

The modules have the names of the authors' checkpoints.
"""

import torch
import torch.nn as nn
import torch.nn.functional as F
from mmengine.model import BaseModule
from torch import Tensor

from mmfsa.registry import MODELS

CHANNELS = 256
DEPTH = 4  # how often an hourglass halves its map


class Block(nn.Module):
    """Three 3×3 convolutions in a row, side by side in the output (Figure 3b).

    They have a half, a quarter and a quarter of the output's channels. The input is
    added; where it has other channels, a 1×1 convolution changes them first.

    Args:
        before: Channels of the input.
        after: Channels of the output.
    """

    def __init__(self, before: int, after: int) -> None:
        super().__init__()
        widths = before, after // 2, after // 4, after // 4
        # Norms come first: for export, one right behind a convolution is folded into it.
        for i in (1, 2, 3):
            self.add_module(f'bn{i}', nn.BatchNorm2d(widths[i - 1]))
        for i in (1, 2, 3):
            conv = nn.Conv2d(widths[i - 1], widths[i], 3, padding=1, bias=False)
            self.add_module(f'conv{i}', conv)
        self.downsample = None
        if before != after:
            self.downsample = nn.Sequential(
                nn.BatchNorm2d(before),
                nn.ReLU(),
                nn.Conv2d(before, after, 1, bias=False),
            )

    def forward(self, x: Tensor) -> Tensor:
        """(N, before, h, w) to (N, after, h, w)."""
        one = self.conv1(F.relu(self.bn1(x)))
        two = self.conv2(F.relu(self.bn2(one)))
        three = self.conv3(F.relu(self.bn3(two)))
        shortcut = x if self.downsample is None else self.downsample(x)
        return torch.cat([one, two, three], dim=1) + shortcut


class Hourglass(nn.Module):
    """Maps are halved four times and doubled four times; each size has a shortcut."""

    def __init__(self) -> None:
        super().__init__()
        for level in range(DEPTH, 0, -1):
            for name in ('b1', 'b2', 'b3'):
                self.add_module(f'{name}_{level}', Block(CHANNELS, CHANNELS))
        self.b2_plus_1 = Block(CHANNELS, CHANNELS)  # at the smallest size

    def forward(self, x: Tensor, level: int = DEPTH) -> Tensor:
        """(N, c, h, w) to the same; h and w are multiples of 16."""
        small = getattr(self, f'b2_{level}')(F.avg_pool2d(x, 2))
        small = self.forward(small, level - 1) if level > 1 else self.b2_plus_1(small)
        small = getattr(self, f'b3_{level}')(small)
        return getattr(self, f'b1_{level}')(x) + F.interpolate(small, scale_factor=2)


@MODELS.register_module()
class FAN(BaseModule):
    """Images (N, 3, H, W) to heatmaps (N, landmarks, H/4, W/4) of each stack, in a tuple.

    Args:
        stacks: How many hourglasses follow each other. Each one but the first sees what
            the one before it found.
        landmarks: Number of heatmaps.
        init_cfg: Weight initialisation; torch's by default.

    Attributes:
        out_channels: The channels of each stack's heatmaps.
    """

    def __init__(
        self, stacks: int = 4, landmarks: int = 68, init_cfg: dict | None = None
    ) -> None:
        super().__init__(init_cfg)
        self.stacks = stacks
        self.out_channels = (landmarks,) * stacks
        self.conv1 = nn.Conv2d(3, 64, 7, stride=2, padding=3)
        self.bn1 = nn.BatchNorm2d(64)
        self.conv2 = Block(64, 128)
        self.conv3 = Block(128, 128)
        self.conv4 = Block(128, CHANNELS)
        for i in range(stacks):
            parts = {
                f'm{i}': Hourglass(),
                f'top_m_{i}': Block(CHANNELS, CHANNELS),
                f'conv_last{i}': nn.Conv2d(CHANNELS, CHANNELS, 1),
                f'bn_end{i}': nn.BatchNorm2d(CHANNELS),
                f'l{i}': nn.Conv2d(CHANNELS, landmarks, 1),
            }
            if i < stacks - 1:  # what the next stack sees
                parts[f'bl{i}'] = nn.Conv2d(CHANNELS, CHANNELS, 1)
                parts[f'al{i}'] = nn.Conv2d(landmarks, CHANNELS, 1)
            for name, part in parts.items():
                self.add_module(name, part)

    def forward(self, images: Tensor) -> tuple[Tensor, ...]:
        """See the class; H and W are multiples of 64."""
        x = F.relu(self.bn1(self.conv1(images)))
        x = F.avg_pool2d(self.conv2(x), 2)
        x = self.conv4(self.conv3(x))
        heatmaps = []
        for i in range(self.stacks):
            part = self._modules
            found = part[f'top_m_{i}'](part[f'm{i}'](x))
            found = F.relu(part[f'bn_end{i}'](part[f'conv_last{i}'](found)))
            heatmaps.append(part[f'l{i}'](found))
            if i < self.stacks - 1:
                x = x + part[f'bl{i}'](found) + part[f'al{i}'](heatmaps[-1])
        return tuple(heatmaps)
