"""OpNet's backbone: MobileNetV1 (Howard et al., 2017) with a wider stem and shortcuts."""

import torch.nn as nn
import torch.nn.functional as F
from mmengine.model import BaseModule
from torch import Tensor

from mmfsa.registry import MODELS

from ..quantization import FakeQuantize, QuantizedConv2d

STEM = 32
BLOCKS = (  # channels and stride
    (64, 1),
    (128, 2),
    (128, 1),
    (256, 2),
    (256, 1),
    (512, 2),
    *[(512, 1)] * 5,
    (1024, 2),
    (1024, 1),
)
LARGEST = 8.0  # activation that an untrained quantized network can say


class ConvUnit(nn.Module):
    """Convolution, batch norm and ReLU.

    A quantized unit has a bias in place of the batch norm, which is folded in, and rounds
    its kernels and its outputs to 8 bits.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel: int,
        stride: int = 1,
        groups: int = 1,
        relu: bool = True,
        quantized: bool = False,
    ) -> None:
        super().__init__()
        shape = in_channels, out_channels, kernel, stride, kernel // 2
        self.relu = relu
        if quantized:
            self.conv = QuantizedConv2d(*shape, groups=groups)
            self.bn = nn.Identity()
            self.quantize = FakeQuantize(0 if relu else -LARGEST, LARGEST)
        else:
            self.conv = nn.Conv2d(*shape, groups=groups, bias=False)
            self.bn = nn.BatchNorm2d(out_channels)
            self.quantize = nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        x = self.bn(self.conv(x))
        return self.quantize(F.relu(x) if self.relu else x)


class Block(nn.Module):
    """A depthwise and a pointwise convolution; what comes in is added where it fits."""

    def __init__(
        self, in_channels: int, out_channels: int, stride: int, quantized: bool
    ) -> None:
        super().__init__()
        self.shortcut = in_channels == out_channels and stride == 1
        self.depthwise = ConvUnit(
            in_channels, in_channels, 3, stride, in_channels, quantized=quantized
        )
        self.pointwise = ConvUnit(
            in_channels,
            out_channels,
            1,
            relu=not self.shortcut,
            quantized=quantized,
        )
        if self.shortcut:
            self.quantize = FakeQuantize(0, LARGEST) if quantized else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        y = self.pointwise(self.depthwise(x))
        return self.quantize(F.relu(x + y)) if self.shortcut else y


@MODELS.register_module()
class OpNetBackbone(BaseModule):
    """Grey images to one vector of features.

    Args:
        quantized: Round kernels and activations to 8 bits. Such a network is made of the
            authors' quantized file; trained anew, it has no batch norm.
        init_cfg: Weight initialisation.

    Attributes:
        out_features: Length of the vector.
    """

    out_features = BLOCKS[-1][0]

    def __init__(self, quantized: bool = False, init_cfg: dict | None = None) -> None:
        super().__init__(init_cfg)
        self.quantize_input = FakeQuantize(-0.5, 0.5) if quantized else nn.Identity()
        self.stem = ConvUnit(1, STEM, 5, 2, quantized=quantized)
        blocks = []
        channels = STEM
        for out_channels, stride in BLOCKS:
            blocks.append(Block(channels, out_channels, stride, quantized))
            channels = out_channels
        self.blocks = nn.Sequential(*blocks)
        self.quantize_features = (
            FakeQuantize(0, LARGEST) if quantized else nn.Identity()
        )

    def forward(self, images: Tensor) -> Tensor:
        """
        Args:
            images: (N, 1, H, W) grey, −0.5 to 0.5.

        Returns:
            (N, 1024) the means of the last feature maps.
        """
        maps = self.blocks(self.stem(self.quantize_input(images)))
        features = self.quantize_features(F.adaptive_avg_pool2d(maps, 1))
        return features.flatten(1).to(images.dtype)
