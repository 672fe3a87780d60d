"""MobileNetV2: inverted residuals with linear ends (Sandler et al., CVPR 2018).

The modules have the names of torchvision's checkpoints.
"""

import torch.nn as nn
from mmengine.model import BaseModule
from torch import Tensor

from mmfsa.registry import MODELS

# Expansion, channels, blocks and first stride of the seven stages (Table 2).
STAGES = (
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
)
KAIMING = dict(type='Kaiming', layer='Conv2d', mode='fan_out')


def conv_unit(
    in_channels: int,
    out_channels: int,
    kernel: int,
    stride: int = 1,
    groups: int = 1,
    norm: dict | None = None,
) -> nn.Sequential:
    """A convolution, a batch norm with the arguments `norm`, and ReLU6."""
    conv = nn.Conv2d(
        in_channels,
        out_channels,
        kernel,
        stride,
        kernel // 2,
        groups=groups,
        bias=False,
    )
    return nn.Sequential(conv, nn.BatchNorm2d(out_channels, **(norm or {})), nn.ReLU6())


class InvertedResidual(nn.Module):
    """Widen by a 1×1, filter each channel, narrow by a 1×1 without activation.

    The input is added where shapes agree.

    Args:
        in_channels: Channels of the input.
        out_channels: Channels of the output.
        stride: Stride of the depthwise convolution.
        expansion: How many times wider the middle is; 1: there is no first 1×1.
        kernel: Side of the depthwise kernel.
        norm: Arguments of the batch norms that an activation follows.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        stride: int = 1,
        expansion: int = 6,
        kernel: int = 3,
        norm: dict | None = None,
    ) -> None:
        super().__init__()
        middle = in_channels * expansion
        steps = [] if expansion == 1 else [conv_unit(in_channels, middle, 1, norm=norm)]
        self.conv = nn.Sequential(
            *steps,
            conv_unit(middle, middle, kernel, stride, middle, norm),
            nn.Conv2d(middle, out_channels, 1, bias=False),
            nn.BatchNorm2d(out_channels),
        )
        self.adds = stride == 1 and in_channels == out_channels

    def forward(self, x: Tensor) -> Tensor:
        """Features (N, in_channels, H, W) to (N, out_channels, H/stride, W/stride)."""
        return x + self.conv(x) if self.adds else self.conv(x)


@MODELS.register_module()
class MobileNetV2(BaseModule):
    """Images (N, 3, H, W) to one feature map (N, 1280, H/32, W/32), in a tuple.

    Args:
        norm: Arguments of the batch norms that an activation follows, such as `eps`.
        init_cfg: Weight initialisation.
    """

    def __init__(
        self, norm: dict | None = None, init_cfg: dict | None = KAIMING
    ) -> None:
        super().__init__(init_cfg)
        width = 32
        features: list[nn.Module] = [conv_unit(3, width, 3, stride=2, norm=norm)]
        for expansion, channels, blocks, stride in STAGES:
            for i in range(blocks):
                features.append(
                    InvertedResidual(
                        width, channels, 1 if i else stride, expansion, norm=norm
                    )
                )
                width = channels
        features.append(conv_unit(width, 1280, 1, norm=norm))
        self.features = nn.Sequential(*features)

    def forward(self, images: Tensor) -> tuple[Tensor]:
        """See the class."""
        return (self.features(images),)
