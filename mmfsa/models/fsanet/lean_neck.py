"""The neck of FSA-Net for export: all stages at once, in the cheaper order.

Nothing here changes what is computed, only how it is grouped: at a batch of one face the
work of a network this small is a good part overhead, paid for each operation.
"""

from typing import TYPE_CHECKING

import torch
import torch.nn as nn
from torch import Tensor

from .scoring import ConvScoring, UniformScoring, VarianceScoring
from .structure_mapping import StructureMapping

if TYPE_CHECKING:
    from .fsa_neck import FSANeck

# These score each pixel by itself: all stages at once, or one by one.
PIXELWISE = ConvScoring, UniformScoring, VarianceScoring


def can_be_lean(neck: 'FSANeck') -> bool:
    """Whether :class:`LeanNeck` computes the same as a neck with its parts."""
    if neck.as_tuple or not neck.transpose:
        return False
    if neck.mapping is None:
        return True
    # A subclass may compute something else.
    return type(neck.scoring) in PIXELWISE and type(neck.mapping) is StructureMapping


class LeanNeck(nn.Module):
    """:class:`FSANeck`, scoring and mapping all stages at once.

    Args:
        neck: The neck whose place it takes.
    """

    def __init__(self, neck: 'FSANeck') -> None:
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
        scoring: The scoring function whose place it takes.
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
        mapping: The mapping whose place it takes.
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
