"""The head of FSA-Net for export: all stages in the same few matrix products."""

from typing import TYPE_CHECKING

import torch
import torch.nn as nn
import torch.nn.functional as F
from mmengine.utils import to_3tuple
from torch import Tensor

from ..heads.scales import spread_in_degrees
from .soft_stagewise import NUM_ANGLES

if TYPE_CHECKING:
    from .ssr_head import SSRHead


class LeanSSRHead(nn.Module):
    """:class:`SSRHead`: all stages in the same few matrix products.

    The widths of the bins are products over the stages; their logarithms are sums.

    Args:
        head: The head whose place it takes; its `lambda_` must be 1.
    """

    def __init__(self, head: 'SSRHead') -> None:
        super().__init__()
        stages, channels = head.in_shape
        self.in_features = stages * channels
        self.scales = head.scales
        self.to_p = _side_by_side(head.p, channels, channels // 2)
        self.to_eta = _side_by_side(head.eta, channels, channels // 4)
        # 1 / (1 + tanh x) = (1 + exp(-2x)) / 2, whose logarithm is softplus(-2x) - log 2
        self.to_delta = _side_by_side(head.delta, channels, 0)
        self.to_delta.weight *= -2
        self.to_delta.bias *= -2

        centred, plain = [], []
        ranges = torch.tensor(to_3tuple(head.angle_range))
        scale = float(ranges[0])
        for to_p in head.p:
            bins = to_p.out_features // NUM_ANGLES
            scale = scale / bins / 2
            centres = torch.arange(bins).float() - (bins - 1) / 2
            centred += [scale * centres[None]] * NUM_ANGLES
            plain += [torch.full((1, bins), scale)] * NUM_ANGLES
        self.register_buffer('centred', torch.block_diag(*centred).T.contiguous())
        self.register_buffer('plain', torch.block_diag(*plain).T.contiguous())
        over_stages = torch.ones(stages, stages).triu().contiguous()
        self.register_buffer('up_to', torch.kron(over_stages, torch.eye(NUM_ANGLES)))
        gains = torch.diag(ranges / ranges[0])
        self.register_buffer('total', gains.repeat(stages, 1))

    def forward(self, V: Tensor) -> dict[str, Tensor]:
        """The `pose` (B, 3) of V (B, K, c'); `spread` where the head says it."""
        V = V.reshape(-1, self.in_features)
        p = self.to_p(V).relu()
        eta = self.to_eta(V).tanh()
        log_widths = F.softplus(self.to_delta(V)) @ self.up_to
        values = torch.addmm(eta * (p @ self.plain), p, self.centred)
        outputs = dict(pose=(values * log_widths.exp()) @ self.total)
        if self.scales is not None:
            outputs['spread'] = spread_in_degrees(self.scales(V))
        return outputs

    def decode(self, outputs: dict[str, Tensor]) -> dict[str, Tensor]:
        """The outputs, which are decoded already."""
        return outputs


def _side_by_side(layers: nn.ModuleList, stride: int, offset: int) -> nn.Linear:
    """Linear layers of which layer k reads the inputs from k · stride + offset on."""
    weights = [F.pad(layer.weight, (offset, stride)) for layer in layers]
    merged = nn.Linear(len(layers) * stride, sum(len(weight) for weight in weights))
    merged.weight = nn.Parameter(
        torch.block_diag(*(weight[:, :stride] for weight in weights)), False
    )
    merged.bias = nn.Parameter(torch.cat([layer.bias for layer in layers]), False)
    return merged
