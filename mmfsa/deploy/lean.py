"""The same poses from fewer operations: what is exported, compiled and timed.

At a batch of one face the work of a network this small is a good part overhead, paid
per operation. Nothing here changes what is computed, only how it is grouped.
"""

import copy
from collections.abc import Callable
from functools import partial

import torch
import torch.nn as nn
import torch.nn.functional as F
from mmcv.cnn import fuse_conv_bn
from torch import Tensor

from mmfsa.models import (
    CapsuleAggregation,
    ConvScoring,
    FSANeck,
    SSRHead,
    StructureMapping,
    UniformScoring,
    VarianceScoring,
)

# These score each pixel by itself: all stages at once, or one by one.
PIXELWISE = ConvScoring, UniformScoring, VarianceScoring


class LeanNeck(nn.Module):
    """:class:`FSANeck`, scoring and mapping all stages at once.

    Args:
        neck: What it takes the place of.
    """

    def __init__(self, neck: FSANeck) -> None:
        super().__init__()
        channels, height, width = neck.in_shapes[0]
        self.feature_shape = (channels, len(neck.in_shapes) * height * width)
        self.scoring = neck.scoring
        if isinstance(neck.scoring, ConvScoring):
            self.scoring = LeanConvScoring(neck.scoring, self.feature_shape)
        self.mapping = neck.mapping and LeanMapping(neck.mapping, channels)
        self.aggregation = neck.aggregation

    def forward(self, features: tuple[Tensor, ...]) -> Tensor:
        """V (B, K, c') of K feature maps (B, c, h, w)."""
        stacked = torch.cat(features, dim=2)
        U = stacked.reshape(-1, *self.feature_shape)
        if self.mapping is None:
            return self.aggregation(U.transpose(1, 2))
        return self.aggregation(self.mapping(U, self.scoring(stacked)))


class LeanConvScoring(nn.Module):
    """:class:`ConvScoring` as a product with one row.

    Args:
        scoring: What it takes the place of.
        feature_shape: (c, n) of the features of all stages.
    """

    def __init__(self, scoring: ConvScoring, feature_shape: tuple[int, int]) -> None:
        super().__init__()
        self.feature_shape = feature_shape
        self.weight = nn.Parameter(scoring.conv.weight.reshape(1, -1))
        self.bias = scoring.conv.bias

    def forward(self, feature: Tensor) -> Tensor:
        """Score (B, c, K·h, w): the attention (B, 1, n)."""
        U = feature.reshape(-1, *self.feature_shape)
        return (self.weight @ U + self.bias).sigmoid()


class LeanMapping(nn.Module):
    """:class:`StructureMapping`, with the products in the cheaper order.

    Args:
        mapping: What it takes the place of.
        channels: Channels c of the features.
    """

    def __init__(self, mapping: StructureMapping, channels: int) -> None:
        super().__init__()
        self.f_M = mapping.f_M
        self.f_C = mapping.f_C
        self.stages, self.structures, self.pixels = mapping.map_shape
        self.mix_shape = mapping.mix_shape
        self.channels = channels

    def forward(self, U: Tensor, A: Tensor) -> Tensor:
        """The candidates (B, K·n', c) of features (B, c, n) and attention, B·n."""
        A = A.reshape(-1, self.pixels)
        C = self.f_C(A).sigmoid().reshape(-1, 1, *self.mix_shape)
        rows = self.stages * self.structures
        M = self.f_M(A.reshape(-1, self.pixels // self.stages)).sigmoid()
        M = M.reshape(-1, rows, self.pixels)
        # (C · M) · U = C · (M · U), and the sums of C · M are C · the sums of M: S,
        # which has more rows than M, is never formed.
        sums = M.sum(dim=2).reshape(-1, self.stages, self.structures, 1)
        products = M @ U.transpose(1, 2)
        products = products.reshape(-1, self.stages, self.structures, self.channels)
        candidates = (C @ products) / (C @ sums)
        return candidates.reshape(-1, self.stages * self.mix_shape[0], self.channels)


class LeanCapsules(nn.Module):
    """:class:`CapsuleAggregation`: one product per candidate, the routing unrolled.

    Args:
        capsules: What it takes the place of.
    """

    def __init__(self, capsules: CapsuleAggregation) -> None:
        super().__init__()
        self.routings = capsules.routings
        # (K, N, c', c) → (N, c, K·c')
        weight = capsules.weight.permute(1, 3, 0, 2)
        self.out_shape = (weight.shape[0], *weight.shape[2:])
        self.weight = nn.Parameter(weight.flatten(2).contiguous())

    def forward(self, candidates: Tensor) -> Tensor:
        """V (B, K, c') of candidates (B, N, c)."""
        num, channels, _ = self.weight.shape
        candidates = candidates.reshape(-1, num, 1, channels)
        u_hat = (candidates @ self.weight).reshape(-1, *self.out_shape)
        # All logits are zero at first, every coupling 1 / K.
        v = squash(u_hat.sum(dim=1, keepdim=True), scale=1 / self.out_shape[1])
        logits = 0
        for _ in range(1, self.routings):
            logits = logits + (u_hat * v).sum(dim=3)
            coupling = logits.softmax(dim=2).unsqueeze(3)
            v = squash((coupling * u_hat).sum(dim=1, keepdim=True))
        return v.reshape(-1, *self.out_shape[1:])


def squash(s: Tensor, scale: float = 1.0) -> Tensor:
    """The capsules' `squash` of ``scale * s``, a fraction cancelled by its ``|s|``.

    The authors' epsilon is left out: it changes no component by more than 5e-8.
    """
    length = s.norm(dim=-1, keepdim=True)
    return s / (length + torch.tensor(scale**-2) / length)


class LeanSSRHead(nn.Module):
    """:class:`SSRHead`: all stages in the same few matrix products.

    The widths of the bins are products over the stages; their logarithms are sums.

    Args:
        head: What it takes the place of; its `lambda_` must be 1.
    """

    def __init__(self, head: SSRHead) -> None:
        super().__init__()
        stages, channels = head.in_shape
        angles = head.num_angles
        self.in_features = stages * channels
        self.to_p = _side_by_side(head.p, channels, channels // 2)
        self.to_eta = _side_by_side(head.eta, channels, channels // 4)
        # 1 / (1 + tanh x) = (1 + exp(-2x)) / 2, whose logarithm is softplus(-2x) - log 2
        self.to_delta = _side_by_side(head.delta, channels, 0)
        self.to_delta.weight *= -2
        self.to_delta.bias *= -2

        centred, plain = [], []
        scale = head.angle_range
        for to_p in head.p:
            bins = to_p.out_features // angles
            scale = scale / bins / 2
            centres = torch.arange(bins).float() - (bins - 1) / 2
            centred += [scale * centres[None]] * angles
            plain += [torch.full((1, bins), scale)] * angles
        self.register_buffer('centred', torch.block_diag(*centred).T.contiguous())
        self.register_buffer('plain', torch.block_diag(*plain).T.contiguous())
        over_stages = torch.ones(stages, stages).triu().contiguous()
        self.register_buffer('up_to', torch.kron(over_stages, torch.eye(angles)))
        self.register_buffer('total', torch.eye(angles).repeat(stages, 1))

    def forward(self, V: Tensor) -> Tensor:
        """The pose (B, 3) of V (B, K, c')."""
        V = V.reshape(-1, self.in_features)
        p = self.to_p(V).relu()
        eta = self.to_eta(V).tanh()
        log_widths = F.softplus(self.to_delta(V)) @ self.up_to
        values = torch.addmm(eta * (p @ self.plain), p, self.centred)
        return (values * log_widths.exp()) @ self.total


def _side_by_side(layers: nn.ModuleList, stride: int, offset: int) -> nn.Linear:
    """Linear layers of which layer k reads the inputs from k · stride + offset on."""
    weights = [F.pad(layer.weight, (offset, stride)) for layer in layers]
    merged = nn.Linear(len(layers) * stride, sum(len(weight) for weight in weights))
    merged.weight = nn.Parameter(
        torch.block_diag(*(weight[:, :stride] for weight in weights)), False
    )
    merged.bias = nn.Parameter(torch.cat([layer.bias for layer in layers]), False)
    return merged


def _fold_batch_norms(model: nn.Module) -> nn.Module:
    return fuse_conv_bn(copy.deepcopy(model).eval()).requires_grad_(False)


@torch.no_grad()
def _replace(
    kind: type[nn.Module], lean: Callable[[nn.Module], nn.Module], model: nn.Module
) -> nn.Module:
    for module in list(model.modules()):
        for name, child in module.named_children():
            # A subclass may compute something else.
            if type(child) is kind:
                setattr(module, name, lean(child))
    return model


def _lean_neck(neck: FSANeck) -> nn.Module:
    known = type(neck.scoring) in PIXELWISE and type(neck.mapping) in (
        StructureMapping,
        type(None),
    )
    return LeanNeck(neck) if known and not neck.as_tuple else neck


def _lean_head(head: SSRHead) -> nn.Module:
    # With another lambda the logarithm of a width is no softplus.
    return LeanSSRHead(head) if head.lambda_ == 1 else head


STEPS = {
    'batch norms folded': _fold_batch_norms,
    'capsules unrolled': partial(_replace, CapsuleAggregation, LeanCapsules),
    'stages merged': partial(_replace, FSANeck, _lean_neck),
    'head merged': partial(_replace, SSRHead, _lean_head),
}


def for_deployment(model: nn.Module) -> nn.Module:
    """A copy of an estimator, for inference only, with the same outputs.

    Whatever has no leaner form here stays as it is.
    """
    for step in STEPS.values():
        model = step(model)
    return model
