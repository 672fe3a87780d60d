"""A small residual network of plain convolutions (He et al., CVPR 2016, Section 3.3)."""

from collections.abc import Sequence

import torch.nn as nn
from mmengine.model import BaseModule
from torch import Tensor

from mmfsa.registry import MODELS

from .conv_norm import conv_norm


@MODELS.register_module()
class ResidualBackbone(BaseModule):
    """Images (N, 3, H, W) to one feature map, in a tuple.

    Plain convolutions of few channels are fast where a network is small, in training and
    on the CPU. The feature map keeps its pixels: behind it goes a :class:`FlattenNeck`
    where a head must know the places of things.

    Args:
        blocks: Channels and stride of each residual block, in their order.
        stem: Channels of the first convolution, whose stride is 2.
        out_channels: Channels of the feature map, by a last 1x1 convolution.
        init_cfg: Weight initialisation; torch's by default.

    Attributes:
        out_channels: The channels of the feature map, in a tuple.
    """

    def __init__(
        self,
        blocks: Sequence[Sequence[int]] = ((32, 2), (32, 1), (64, 2), (64, 2)),
        stem: int = 16,
        out_channels: int = 32,
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(init_cfg)
        self.stem = nn.Sequential(*conv_norm(3, stem, 3, 2), nn.ReLU(inplace=True))
        parts = []
        before = stem
        for after, stride in blocks:
            parts.append(ResidualBlock(before, after, stride))
            before = after
        self.blocks = nn.Sequential(*parts)
        self.last = nn.Sequential(
            *conv_norm(before, out_channels), nn.ReLU(inplace=True)
        )
        self.out_channels = (out_channels,)

    def forward(self, images: Tensor) -> tuple[Tensor]:
        return (self.last(self.blocks(self.stem(images))),)


class ResidualBlock(nn.Module):
    """Two convolutions of 3x3, to which what came in is added.

    Where the size or the channels change, a 1x1 convolution brings what came in to them.

    Args:
        before: Channels that the block takes.
        after: Channels that it gives.
        stride: Stride of the first convolution.
    """

    def __init__(self, before: int, after: int, stride: int) -> None:
        super().__init__()
        self.convs = nn.Sequential(
            *conv_norm(before, after, 3, stride),
            nn.ReLU(inplace=True),
            *conv_norm(after, after, 3),
        )
        same = before == after and stride == 1
        self.shortcut = (
            nn.Identity()
            if same
            else nn.Sequential(*conv_norm(before, after, 1, stride))
        )

    def forward(self, feature: Tensor) -> Tensor:
        """(N, before, h, w) to (N, after, h/stride, w/stride)."""
        return (self.convs(feature) + self.shortcut(feature)).relu()
