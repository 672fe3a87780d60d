"""MobileNetV1: depthwise and pointwise convolutions by turns (Howard et al., 2017)."""

import torch.nn as nn
import torch.nn.functional as F
from mmengine.model import BaseModule
from torch import Tensor

from mmfsa.registry import MODELS

from ..quantization import FakeQuantize, QuantizedConv2d

STEM = 32
BLOCKS = (  # channels and stride (Table 1)
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
    """A depthwise and a pointwise convolution.

    With `shortcuts`, what comes in is added where it fits.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        stride: int,
        shortcuts: bool = False,
        quantized: bool = False,
    ) -> None:
        super().__init__()
        self.shortcut = shortcuts and in_channels == out_channels and stride == 1
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
class MobileNetV1(BaseModule):
    """Images (N, in_channels, H, W) to the feature map (N, c, H/32, W/32), in a tuple.

    Args:
        width: Factor of all channels; the last map has 1024 times so many.
        in_channels: Channels of the images.
        stem: Kernel size of the first convolution.
        shortcuts: Add a block's input to its output where both have the same shape.
        quantized: Round kernels and activations to 8 bits.
        init_cfg: Weight initialisation; torch's by default.

    Attributes:
        out_channels: The channels of the feature map, in a tuple.
    """

    def __init__(
        self,
        width: float = 1.0,
        in_channels: int = 3,
        stem: int = 3,
        shortcuts: bool = False,
        quantized: bool = False,
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(init_cfg)
        channels = int(STEM * width)
        self.stem = ConvUnit(in_channels, channels, stem, 2, quantized=quantized)
        blocks = []
        for wide, stride in BLOCKS:
            out_channels = int(wide * width)
            blocks.append(Block(channels, out_channels, stride, shortcuts, quantized))
            channels = out_channels
        self.blocks = nn.Sequential(*blocks)
        self.out_channels = (channels,)

    def forward(self, images: Tensor) -> tuple[Tensor, ...]:
        return (self.blocks(self.stem(images)),)
