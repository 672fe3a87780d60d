"""ShuffleNetV2, the backbone of Hopenet-lite (Ma et al., ECCV 2018)."""

from collections.abc import Sequence

import torch
import torch.nn as nn
from mmengine.model import BaseModule
from torch import Tensor

from mmfsa.registry import MODELS

from ..backbones.conv_norm import conv_norm


@MODELS.register_module()
class ShuffleNetV2(BaseModule):
    """Images (N, 3, H, W) to the feature map (N, channels[-1], H/32, W/32), in a tuple.

    The defaults are the network of width 1.

    Args:
        channels: Channels of the first convolution, of the stages, and of the last
            convolution.
        repeats: Blocks of each stage; the first one halves width and height.
        init_cfg: Weight initialisation; torch's by default.

    Attributes:
        out_channels: The channels of the feature map, in a tuple.
    """

    def __init__(
        self,
        channels: Sequence[int] = (24, 116, 232, 464, 1024),
        repeats: Sequence[int] = (4, 8, 4),
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(init_cfg)
        first, *stages, last = channels
        self.conv1 = nn.Sequential(*conv_norm(3, first, 3, 2), nn.ReLU(inplace=True))
        self.pool = nn.MaxPool2d(3, 2, 1)
        widths = zip([first, *stages[:-1]], stages, strict=True)
        for number, ((before, after), times) in enumerate(
            zip(widths, repeats, strict=True), 2
        ):
            blocks = [Halving(before, after)]
            blocks += [Shuffling(after) for _ in range(times - 1)]
            self.add_module(f'stage{number}', nn.Sequential(*blocks))
        self.stages = [f'stage{number}' for number in range(2, 2 + len(stages))]
        self.conv5 = nn.Sequential(*conv_norm(stages[-1], last), nn.ReLU(inplace=True))
        self.out_channels = (last,)

    def forward(self, images: Tensor) -> tuple[Tensor]:
        feature = self.pool(self.conv1(images))
        for stage in self.stages:
            feature = getattr(self, stage)(feature)
        return (self.conv5(feature),)


class Halving(nn.Module):
    """Two branches over all channels; each gives half of the new ones (Figure 3d)."""

    def __init__(self, before: int, after: int) -> None:
        super().__init__()
        half = after // 2
        self.branch1 = nn.Sequential(
            *conv_norm(before, before, 3, 2, groups=before),
            *conv_norm(before, half),
            nn.ReLU(inplace=True),
        )
        self.branch2 = _branch(before, half, stride=2)

    def forward(self, feature: Tensor) -> Tensor:
        """(N, before, h, w) to (N, after, h/2, w/2)."""
        return shuffle(self.branch1(feature), self.branch2(feature))


class Shuffling(nn.Module):
    """One half of the channels passes by, the other changes (Figure 3c)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.branch2 = _branch(channels // 2, channels // 2, stride=1)

    def forward(self, feature: Tensor) -> Tensor:
        """(N, channels, h, w) to the same."""
        passing, other = feature.chunk(2, dim=1)
        return shuffle(passing, self.branch2(other))


def shuffle(one: Tensor, other: Tensor) -> Tensor:
    """Take channels in turn of two feature maps (N, c, h, w): (N, 2c, h, w)."""
    return torch.stack([one, other], dim=2).flatten(1, 2)


def _branch(before: int, after: int, stride: int) -> nn.Sequential:
    return nn.Sequential(
        *conv_norm(before, after),
        nn.ReLU(inplace=True),
        *conv_norm(after, after, 3, stride, groups=after),
        *conv_norm(after, after),
        nn.ReLU(inplace=True),
    )
