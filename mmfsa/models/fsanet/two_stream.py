"""The two-stream backbone of FSA-Net and SSR-Net-MD (Section 3.6)."""

from collections import OrderedDict
from collections.abc import Sequence

import torch.nn as nn
from mmengine.model import BaseModule
from mmengine.utils import to_2tuple
from torch import Tensor

from mmfsa.registry import MODELS

from ..init import GLOROT_UNIFORM
from .blur_pool import BlurPool, MaxBlurPool
from .stage_fusion import StageFusion

POOL = 'P'
KERAS_BN = dict(eps=1e-3, momentum=0.01)


@MODELS.register_module()
class TwoStreamBackbone(BaseModule):
    """A ReLU stream with average pooling and a tanh stream with maximum pooling.

    Both have the same layout; at the end of every stage they are fused into U_k.

    Args:
        stages: For every stage its layers: an integer is a block
            {SepConv2D(3x3)-BN-activation} with so many channels, ``'P'`` a 2x2 pool.
            The default is the paper's.
        out_channels: Channels c of every U_k.
        fusion_pools: Pooling factor of every stage's fusion, in the order of `stages`.
            By default all stages are brought to the size of the deepest one.
        pool_streams: See :class:`StageFusion`; True for SSR-Net-MD.
        in_channels: Channels of the image.
        input_size: Height and width of the image, or one number for both.
        stem_relu: The first block of the tanh stream ends in a ReLU, too, as in
            omasaht's implementation.
        bn: Arguments of the batch norms; Keras' by default.
        anti_aliased: The pools blur before they leave out pixels, so that features change
            less where the image moves by a pixel.
        init_cfg: Weight initialisation.

    Attributes:
        out_shapes: (c, h, w) of every output, in their order.

    Raises:
        ValueError: If the stages do not divide the input size, or if `fusion_pools` has
            not one entry per stage.
    """

    def __init__(
        self,
        stages: Sequence[Sequence[int | str]] = (
            (16, POOL, 32, 32, POOL),
            (64, 64, POOL),
            (128, 128),
        ),
        out_channels: int = 64,
        fusion_pools: Sequence[int] | None = None,
        pool_streams: bool = False,
        in_channels: int = 3,
        input_size: int | tuple[int, int] = 64,
        stem_relu: bool = False,
        bn: dict | None = None,
        anti_aliased: bool = False,
        init_cfg: dict | None = GLOROT_UNIFORM,
    ) -> None:
        super().__init__(init_cfg)
        input_size = to_2tuple(input_size)
        strides = _strides(stages)
        if fusion_pools is None:
            fusion_pools = [strides[-1] // stride for stride in strides]
        if len(fusion_pools) != len(stages):
            raise ValueError(
                f'fusion_pools {fusion_pools} must have one entry for each of the '
                f'{len(stages)} stages'
            )
        strides = [
            stride * pool for stride, pool in zip(strides, fusion_pools, strict=True)
        ]
        for side in input_size:
            if side < 1 or any(side % stride for stride in strides):
                raise ValueError(
                    f'input_size {input_size} must be a multiple of the strides '
                    f'{strides} of the stages'
                )
        self.in_channels = in_channels
        self.out_shapes = tuple(
            (out_channels, *(side // stride for side in input_size))
            for stride in reversed(strides)
        )

        self.relu_stream = nn.ModuleList()
        self.tanh_stream = nn.ModuleList()
        self.fusions = nn.ModuleList()
        for layers, pool in zip(stages, fusion_pools, strict=True):
            first = nn.ReLU if stem_relu and not self.tanh_stream else nn.Tanh
            shared = in_channels, layers, bn, anti_aliased
            self.relu_stream.append(_relu_stage(*shared))
            self.tanh_stream.append(_tanh_stage(*shared, first))
            in_channels = [layer for layer in layers if layer != POOL][-1]
            self.fusions.append(
                StageFusion(in_channels, out_channels, pool, pool_streams)
            )

    def forward(self, images: Tensor) -> tuple[Tensor, ...]:
        """
        Args:
            images: (N, in_channels, H, W); the paper's models take BGR, 0 to 255.

        Returns:
            The feature maps U_k, from the deepest stage to the shallowest, which is the
            order of the authors' code; in the paper's setting each is (N, 64, 8, 8).

        Raises:
            ValueError: If the images are not (N, in_channels, H, W).
        """
        if images.dim() != 4 or images.shape[1] != self.in_channels:
            raise ValueError(
                f'images must be (N, {self.in_channels}, H, W), got '
                f'{tuple(images.shape)}'
            )
        x = s = images
        features = []
        for relu_stage, tanh_stage, fusion in zip(
            self.relu_stream, self.tanh_stream, self.fusions, strict=True
        ):
            x, s = relu_stage(x), tanh_stage(s)
            features.append(fusion(x, s))
        return tuple(reversed(features))


def _strides(stages: Sequence[Sequence[int | str]]) -> list[int]:
    pools = 0
    strides = []
    for layers in stages:
        pools += list(layers).count(POOL)
        strides.append(2**pools)
    return strides


def _relu_stage(
    in_channels: int,
    layers: Sequence[int | str],
    bn: dict | None,
    anti_aliased: bool,
) -> nn.Sequential:
    stage = []
    for layer in layers:
        if layer == POOL:
            stage.append(BlurPool(in_channels) if anti_aliased else nn.AvgPool2d(2))
        else:
            stage += [_sep_conv_bn(in_channels, layer, bn), nn.ReLU(inplace=True)]
            in_channels = layer
    return nn.Sequential(*stage)


def _tanh_stage(
    in_channels: int,
    layers: Sequence[int | str],
    bn: dict | None,
    anti_aliased: bool,
    first: type[nn.Module],
) -> nn.Sequential:
    stage = []
    for layer in layers:
        if layer == POOL:
            # Before tanh or ReLU, which are monotonic: the same function on fewer values.
            pool = MaxBlurPool(in_channels) if anti_aliased else nn.MaxPool2d(2)
            stage.insert(-1, pool)
        else:
            activation = nn.Tanh() if stage else first()
            stage += [_sep_conv_bn(in_channels, layer, bn), activation]
            in_channels = layer
    return nn.Sequential(*stage)


def _sep_conv_bn(in_channels: int, out_channels: int, bn: dict | None) -> nn.Sequential:
    """SepConv2D(3x3)-BN as in Keras: only the pointwise half has a bias."""
    return nn.Sequential(
        OrderedDict(
            depthwise=nn.Conv2d(
                in_channels, in_channels, 3, padding=1, groups=in_channels, bias=False
            ),
            pointwise=nn.Conv2d(in_channels, out_channels, 1),
            bn=nn.BatchNorm2d(out_channels, **(bn or KERAS_BN)),
        )
    )
