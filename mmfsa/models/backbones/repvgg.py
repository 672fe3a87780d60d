"""RepVGG: three branches while it learns, one convolution afterwards (CVPR 2021).

Ding et al., "RepVGG: Making VGG-style ConvNets Great Again", Section 3. The modules have
the names of the authors' checkpoints, so that `init_cfg=dict(type='Pretrained', …)` loads
their weights of ImageNet.
"""

import copy
from collections import OrderedDict
from collections.abc import Sequence

import torch
import torch.nn as nn
import torch.nn.functional as F
from mmengine.model import BaseModule
from torch import Tensor
from torch.nn.utils.fusion import fuse_conv_bn_weights

from mmfsa.registry import MODELS


class RepVGGBlock(nn.Module):
    """ReLU of the sum of a 3×3, a 1×1 and, where shapes agree, an identity branch.

    Each branch ends in a batch norm. :meth:`switch_to_deploy` replaces the branches by
    the one 3×3 convolution that computes the same (Section 3.3).

    Args:
        in_channels: Channels of the input.
        out_channels: Channels of the output.
        stride: Stride of both convolutions.
        groups: Groups of both convolutions.
    """

    def __init__(
        self, in_channels: int, out_channels: int, stride: int = 1, groups: int = 1
    ) -> None:
        super().__init__()
        self.shape = dict(
            in_channels=in_channels,
            out_channels=out_channels,
            kernel_size=3,
            stride=stride,
            padding=1,
            groups=groups,
        )
        same = in_channels == out_channels and stride == 1
        self.rbr_identity = nn.BatchNorm2d(in_channels) if same else None
        self.rbr_dense = _branch(**self.shape)
        self.rbr_1x1 = _branch(**{**self.shape, 'kernel_size': 1, 'padding': 0})
        self.rbr_reparam: nn.Conv2d | None = None

    def forward(self, x: Tensor) -> Tensor:
        """Features (N, in_channels, H, W) to (N, out_channels, H/stride, W/stride)."""
        if self.rbr_reparam is not None:
            return F.relu(self.rbr_reparam(x))
        out = self.rbr_dense(x) + self.rbr_1x1(x)
        if self.rbr_identity is not None:
            out = out + self.rbr_identity(x)
        return F.relu(out)

    @torch.no_grad()
    def switch_to_deploy(self) -> None:
        """Replace the branches by one convolution; a second call changes nothing."""
        if self.rbr_reparam is not None:
            return
        kernel, bias = _kernel_and_bias(self.rbr_dense)
        small, more = _kernel_and_bias(self.rbr_1x1)
        kernel, bias = kernel + F.pad(small, (1, 1, 1, 1)), bias + more
        if self.rbr_identity is not None:
            same = nn.Conv2d(**self.shape, bias=False).to(kernel)
            nn.init.dirac_(same.weight, self.shape['groups'])
            more = _kernel_and_bias([same, self.rbr_identity])
            kernel, bias = kernel + more[0], bias + more[1]
        self.rbr_reparam = nn.Conv2d(**self.shape).to(kernel)
        self.rbr_reparam.weight.copy_(kernel)
        self.rbr_reparam.bias.copy_(bias)
        del self.rbr_identity, self.rbr_dense, self.rbr_1x1

    def lean(self) -> 'RepVGGBlock':
        """The block as one convolution, see :mod:`mmfsa.deploy.lean`."""
        if self.rbr_reparam is not None:
            return self
        lean = copy.deepcopy(self)
        lean.switch_to_deploy()
        return lean


def _branch(**shape: int) -> nn.Sequential:
    norm = nn.BatchNorm2d(shape['out_channels'])
    return nn.Sequential(OrderedDict(conv=nn.Conv2d(**shape, bias=False), bn=norm))


def _kernel_and_bias(branch: Sequence[nn.Module]) -> tuple[Tensor, Tensor]:
    """The two of a convolution with its batch norm, or with the norm folded into it."""
    conv, norm = branch
    if not isinstance(norm, nn.BatchNorm2d):
        return conv.weight, conv.bias
    return fuse_conv_bn_weights(
        conv.weight,
        conv.bias,
        norm.running_mean,
        norm.running_var,
        norm.eps,
        norm.weight,
        norm.bias,
    )


@MODELS.register_module()
class RepVGG(BaseModule):
    """Five stages of :class:`RepVGGBlock`; the defaults are RepVGG-B1g2's (Table 2).

    Each stage begins with a stride of 2. The stem is stage 0.

    Args:
        widths: Channels of the five stages.
        depths: Blocks of the stages 1 to 4.
        groups: Groups of every second block, from the second one behind the stem on.
        out_indices: The stages whose feature maps are wanted, 0 to 4.
        deploy: Build the network in its form after learning, one convolution a block.
        init_cfg: Weight initialisation.

    Attributes:
        out_channels: The channels of every feature map.
    """

    def __init__(
        self,
        widths: Sequence[int] = (64, 128, 256, 512, 2048),
        depths: Sequence[int] = (4, 6, 16, 1),
        groups: int = 2,
        out_indices: Sequence[int] = (4,),
        deploy: bool = False,
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(init_cfg)
        self.out_indices = tuple(out_indices)
        self.out_channels = tuple(widths[i] for i in out_indices)
        self.stage0 = RepVGGBlock(3, widths[0], stride=2)
        index = 0
        for k, depth in enumerate(depths, 1):
            blocks = []
            for i in range(depth):
                index += 1
                blocks.append(
                    RepVGGBlock(
                        widths[k - 1] if i == 0 else widths[k],
                        widths[k],
                        stride=2 if i == 0 else 1,
                        groups=groups if index % 2 == 0 else 1,
                    )
                )
            self.add_module(f'stage{k}', nn.Sequential(*blocks))
        self.num_stages = 1 + len(depths)
        if deploy:
            self.switch_to_deploy()

    def switch_to_deploy(self) -> None:
        """Turn every block into one convolution that computes the same.

        :func:`~mmfsa.deploy.lean.for_deployment` does so for an export.
        """
        for module in self.modules():
            if isinstance(module, RepVGGBlock):
                module.switch_to_deploy()

    def forward(self, images: Tensor) -> tuple[Tensor, ...]:
        """Images (N, 3, H, W) to feature maps (N, out_channels[k], H_k, W_k)."""
        # oneDNN reads beyond images of three channels that are in channels_last, when it
        # computes the gradient of a 1×1 convolution with a stride (torch 2.13, CPU).
        x = self.stage0(images.contiguous()).contiguous(
            memory_format=torch.channels_last
        )
        found = [x]
        for k in range(1, self.num_stages):
            x = getattr(self, f'stage{k}')(x)
            found.append(x)
        return tuple(found[i] for i in self.out_indices)
