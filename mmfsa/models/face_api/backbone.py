"""The dense blocks of face-api.js' landmark networks (MIT; they have no paper)."""

from collections.abc import Sequence

import torch.nn as nn
import torch.nn.functional as F
from mmengine.model import BaseModule
from torch import Tensor

from mmfsa.registry import MODELS


@MODELS.register_module()
class FaceApiBackbone(BaseModule):
    """Images (N, 3, H, W) to one feature map, in a tuple.

    Each block halves the image's sides, so both must be multiples of 2 ** blocks.

    Args:
        channels: Channels of the blocks, in their order.
        convs: Convolutions of a block.
        init_cfg: Weight initialisation; by default one that keeps the size of features,
            which have no normalisation.

    Attributes:
        out_channels: The channels of the feature map, in a tuple.
    """

    def __init__(
        self,
        channels: Sequence[int] = (32, 64, 128, 256),
        convs: int = 4,
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(init_cfg)
        before = (3, *channels[:-1])
        self.blocks = nn.ModuleList(
            DenseBlock(*pair, convs, first_is_full=i == 0)
            for i, pair in enumerate(zip(before, channels, strict=True))
        )
        self.out_channels = (channels[-1],)

    def forward(self, images: Tensor) -> tuple[Tensor]:
        feature = images
        for block in self.blocks:
            feature = block(feature)
        return (feature,)


class DenseBlock(nn.Module):
    """Convolutions, each of which takes the sum of what all earlier ones gave.

    Args:
        before: Channels that the block takes.
        after: Channels that it gives.
        convs: Its convolutions. The first one halves the sides.
        first_is_full: The first convolution is a plain one; otherwise it is separable,
            as all others are.
    """

    def __init__(
        self, before: int, after: int, convs: int, first_is_full: bool
    ) -> None:
        super().__init__()
        if first_is_full:
            first = nn.Conv2d(before, after, 3, stride=2)
            nn.init.kaiming_normal_(first.weight, nonlinearity='relu')
        else:
            first = SeparableConv(before, after, stride=2)
        others = [SeparableConv(after, after) for _ in range(convs - 1)]
        for conv in others:  # what is added to a sum begins small
            nn.init.kaiming_normal_(conv.pointwise.weight, nonlinearity='linear')
            conv.pointwise.weight.data /= 2**0.5
        self.convs = nn.ModuleList([first, *others])

    def forward(self, feature: Tensor) -> Tensor:
        """(N, before, h, w) to (N, after, h/2, w/2)."""
        # As TensorFlow pads an even side for a stride of 2: on the right and below.
        total = self.convs[0](F.pad(feature, (0, 1, 0, 1)))
        # Only the first one is rectified before it is added.
        total = taken = total.relu()
        for conv in self.convs[1:]:
            total = total + conv(taken)
            taken = total.relu()
        return taken


class SeparableConv(nn.Module):
    """A filter of 3×3 for each channel, and a mix of the channels, without activation.

    Args:
        before: Channels that it takes.
        after: Channels that it gives.
        stride: With 2, the feature comes padded.
    """

    def __init__(self, before: int, after: int, stride: int = 1) -> None:
        super().__init__()
        padding = 1 if stride == 1 else 0
        self.depthwise = nn.Conv2d(
            before, before, 3, stride, padding, groups=before, bias=False
        )
        self.pointwise = nn.Conv2d(before, after, 1)
        nn.init.kaiming_normal_(self.depthwise.weight, nonlinearity='linear')
        nn.init.kaiming_normal_(self.pointwise.weight, nonlinearity='relu')

    def forward(self, feature: Tensor) -> Tensor:
        """(N, before, h, w) to (N, after, h/stride, w/stride)."""
        return self.pointwise(self.depthwise(feature))
