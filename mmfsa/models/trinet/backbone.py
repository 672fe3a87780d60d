"""The backbone of TriNet: the first half of ResNet-50, and three feature maps of it."""

from collections import OrderedDict

import torch.nn as nn
import torch.nn.functional as F
from mmengine.model import BaseModule
from torch import Tensor

from mmfsa.registry import MODELS


@MODELS.register_module()
class TriNetBackbone(BaseModule):
    """ResNet-50 up to its third stage, as in Keras: a block's first convolution strides.

    The layers are named as in torchvision, so `init_cfg=dict(type='Pretrained',
    checkpoint='torchvision://resnet50')` starts them from ImageNet. (There the second
    convolution of a block strides. The shapes are the same.)

    Args:
        out_channels: Channels c of every feature map.
        bn_eps: Epsilon of the batch norms; Keras' of 2019 by default.
        init_cfg: Weight initialisation.
    """

    def __init__(
        self,
        out_channels: int = 64,
        bn_eps: float = 1e-3,
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(init_cfg)
        self.conv1 = nn.Conv2d(3, 64, 7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(64, eps=bn_eps)
        self.layer1 = _stage(64, 64, 3, 1, bn_eps)
        self.layer2 = _stage(256, 128, 4, 2, bn_eps)
        self.projections = nn.ModuleList(
            nn.Conv2d(channels, out_channels, 1) for channels in (256, 512, 512)
        )

    def forward(self, images: Tensor) -> tuple[Tensor, ...]:
        """
        Args:
            images: (N, 3, H, W).

        Returns:
            Three feature maps (N, out_channels, H/8, W/8): behind the first stage, pooled,
            and behind the second and the last block of the second stage.
        """
        x = self.bn1(self.conv1(images)).relu()
        x = self.layer1(F.max_pool2d(x, 3, stride=2, padding=1))
        features = [F.avg_pool2d(x, 2)]
        for i, block in enumerate(self.layer2):
            x = block(x)
            if i in (1, 3):
                features.append(x)
        pairs = zip(self.projections, features, strict=True)
        return tuple(project(feature) for project, feature in pairs)


class Bottleneck(nn.Module):
    """A residual block of three convolutions, of which the first strides.

    Args:
        in_channels: Channels of the input.
        width: Channels inside; four times as many come out.
        stride: Stride of the block.
        bn_eps: Epsilon of the batch norms.
        project: Whether the input is projected to the shape of the output.
    """

    def __init__(
        self, in_channels: int, width: int, stride: int, bn_eps: float, project: bool
    ) -> None:
        super().__init__()
        out_channels = 4 * width
        self.conv1 = nn.Conv2d(in_channels, width, 1, stride=stride, bias=False)
        self.bn1 = nn.BatchNorm2d(width, eps=bn_eps)
        self.conv2 = nn.Conv2d(width, width, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(width, eps=bn_eps)
        self.conv3 = nn.Conv2d(width, out_channels, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(out_channels, eps=bn_eps)
        self.downsample = None
        if project:
            self.downsample = nn.Sequential(
                nn.Conv2d(in_channels, out_channels, 1, stride=stride, bias=False),
                nn.BatchNorm2d(out_channels, eps=bn_eps),
            )

    def forward(self, x: Tensor) -> Tensor:
        """(N, in_channels, H, W) to (N, 4·width, H/stride, W/stride)."""
        y = self.bn1(self.conv1(x)).relu()
        y = self.bn2(self.conv2(y)).relu()
        y = self.bn3(self.conv3(y))
        return (y + (x if self.downsample is None else self.downsample(x))).relu()


def _stage(
    in_channels: int, width: int, blocks: int, stride: int, bn_eps: float
) -> nn.Sequential:
    first = Bottleneck(in_channels, width, stride, bn_eps, project=True)
    others = {
        str(i): Bottleneck(4 * width, width, 1, bn_eps, project=False)
        for i in range(1, blocks)
    }
    return nn.Sequential(OrderedDict({'0': first, **others}))
