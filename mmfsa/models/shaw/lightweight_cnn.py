"""The lightweight CNN of "Accurate head pose estimation using image rectification" (TMM).

Facts as in the authors' code, Shaw-git/Lightweight-Head-Pose-Estimation.
"""

import torch.nn as nn
from mmengine.model import BaseModule
from torch import Tensor

from mmfsa.registry import MODELS

from ..backbones.conv_norm import conv_norm

EXPANSION = 2  # of a block's channels
GROUPS = 4  # of the convolution that expands them
STEM = 16
# Of each block: channels that it gives, kernel, stride, activation.
BLOCKS = (
    (32, 3, 2, nn.ReLU),
    (64, 3, 2, nn.ReLU),
    (96, 3, 1, nn.ReLU),
    (96, 5, 2, nn.Hardswish),
    (128, 5, 1, nn.Hardswish),
    (128, 5, 2, nn.Hardswish),
    (128, 3, 1, nn.Hardswish),
)


@MODELS.register_module()
class LightweightCNN(BaseModule):
    """Images (N, 3, H, W) to the feature map (N, 128, H/32, W/32), in a tuple.

    Args:
        init_cfg: Weight initialisation; torch's by default.

    Attributes:
        out_channels: The channels of the feature map, in a tuple.
    """

    def __init__(self, init_cfg: dict | None = None) -> None:
        super().__init__(init_cfg)
        blocks = []
        channels = STEM
        for after, kernel, stride, activation in BLOCKS:
            blocks.append(Block(channels, after, kernel, stride, activation))
            channels = after
        stem = nn.Sequential(*conv_norm(3, STEM, 3, 2), nn.ReLU(inplace=True))
        self.features = nn.Sequential(stem, *blocks)
        self.out_channels = (channels,)

    def forward(self, images: Tensor) -> tuple[Tensor]:
        return (self.features(images),)


class Block(nn.Module):
    """Expand the channels, filter each one, mix them; without a shortcut.

    Args:
        before: Channels that the block takes.
        after: Channels that it gives.
        kernel: Size of the filters.
        stride: Their stride.
        activation: The class of the activation after each convolution.
    """

    def __init__(
        self,
        before: int,
        after: int,
        kernel: int,
        stride: int,
        activation: type[nn.Module],
    ) -> None:
        super().__init__()
        inner = EXPANSION * before
        self.exp_conv = nn.Sequential(
            *conv_norm(before, inner, groups=GROUPS), activation(inplace=True)
        )
        self.dw_conv = nn.Sequential(
            *conv_norm(inner, inner, kernel, stride, groups=inner),
            activation(inplace=True),
        )
        self.pw_conv = nn.Sequential(*conv_norm(inner, after), activation(inplace=True))

    def forward(self, feature: Tensor) -> Tensor:
        """(N, before, h, w) to (N, after, h/stride, w/stride)."""
        return self.pw_conv(self.dw_conv(self.exp_conv(feature)))
