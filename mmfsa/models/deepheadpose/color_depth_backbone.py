"""A backbone for the colours and one for the depth, whose feature maps are mixed."""

import torch
import torch.nn as nn
from mmengine.model import BaseModule
from torch import Tensor

from mmfsa.registry import MODELS

DEPTH = dict(in_channels=1)


@MODELS.register_module()
class ColorDepthBackbone(BaseModule):
    """Two backbones, one for each modality; a 1×1 convolution mixes their feature maps.

    After Mukherjee and Robertson, whose networks of colour and of depth answer apart and
    are joined late. Here the join is after every stage, so that the rest of the network is
    the one of colour alone.

    Args:
        color: Config of the backbone of the colours.
        depth: Config of the backbone of the relief; as that of the colours by default, with
            one channel.
        init_cfg: Weight initialisation.

    Attributes:
        out_shapes: (c, h, w) of every output, as of the colours' backbone.

    Raises:
        ValueError: The feature maps of both differ.
    """

    def __init__(
        self, color: dict, depth: dict | None = None, init_cfg: dict | None = None
    ) -> None:
        super().__init__(init_cfg)
        self.color = MODELS.build(color)
        self.depth = MODELS.build(depth or {**color, **DEPTH})
        self.out_shapes = self.color.out_shapes
        if self.depth.out_shapes != self.out_shapes:
            raise ValueError(
                f'the backbone of the colours gives feature maps {self.out_shapes}, that '
                f'of the depth {self.depth.out_shapes}'
            )
        self.mix = nn.ModuleList(
            _start_as_mean(channels) for channels, *_ in self.out_shapes
        )

    def forward(self, images: Tensor) -> tuple[Tensor, ...]:
        """
        Args:
            images: (N, channels, H, W): the colours, and the relief as the last channel.

        Returns:
            The feature maps, each (N, c, h, w), in the order of the backbones.
        """
        colors, relief = images[:, :-1], images[:, -1:]
        pairs = zip(self.color(colors), self.depth(relief), self.mix, strict=True)
        return tuple(mix(torch.cat([one, other], dim=1)) for one, other, mix in pairs)


def _start_as_mean(channels: int) -> nn.Conv2d:
    """A 1×1 convolution of two stacked maps that starts as their mean.

    So what both backbones have learnt alone counts from the first step.
    """
    mix = nn.Conv2d(2 * channels, channels, 1)
    half = torch.eye(channels) / 2
    with torch.no_grad():
        mix.weight.copy_(torch.cat([half, half], dim=1)[:, :, None, None])
        mix.bias.zero_()
    return mix
