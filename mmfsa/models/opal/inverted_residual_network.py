"""Opal's backbone: inverted residuals from 128 pixels down to one (Cobo et al., 2024)."""

import torch.nn as nn
from mmengine.model import BaseModule
from torch import Tensor

from mmfsa.registry import MODELS

from ..backbones.mobilenet_v2 import KAIMING, InvertedResidual

# Channels and blocks of the stages; each but the first begins with a halving.
STAGES = ((32, 1), (64, 1), (128, 2), (256, 3), (256, 4), (256, 1), (256, 1))


@MODELS.register_module()
class OpalBackbone(BaseModule):
    """Crops (N, 3, 128, 128) to one feature map (N, 256, 1, 1), in a tuple.

    A stage begins with a 2×2 convolution of stride 2, batch norm and ReLU. The last
    stage begins with the maximum of the last four pixels instead.

    Args:
        init_cfg: Weight initialisation.
    """

    def __init__(self, init_cfg: dict | None = KAIMING) -> None:
        super().__init__(init_cfg)
        width = STAGES[0][0]
        self.stem = _conv(3, width, 1)
        stages = []
        for k, (channels, blocks) in enumerate(STAGES):
            start = [] if k == 0 else [_conv(width, channels, 2)]
            rest = [InvertedResidual(channels, channels) for _ in range(blocks)]
            stages.append(nn.Sequential(*start, *rest))
            width = channels
        last = InvertedResidual(width, width, kernel=1)
        stages.append(nn.Sequential(nn.MaxPool2d(2), last))
        self.stages = nn.Sequential(*stages)

    def forward(self, images: Tensor) -> tuple[Tensor]:
        """See the class; crops of another size give another number of pixels."""
        return (self.stages(self.stem(images)),)


def _conv(in_channels: int, out_channels: int, side: int) -> nn.Sequential:
    """A convolution of disjoint squares, batch norm and ReLU."""
    conv = nn.Conv2d(in_channels, out_channels, side, side, bias=False)
    return nn.Sequential(conv, nn.BatchNorm2d(out_channels), nn.ReLU())
