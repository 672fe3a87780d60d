"""No aggregation method, the tables' `-`: two linear maps (Section 4.7)."""

import torch.nn as nn
from mmengine.model import BaseModule
from torch import Tensor

from mmfsa.registry import MODELS

from ...init import GLOROT_UNIFORM


@MODELS.register_module()
class LinearAggregation(BaseModule):
    """One linear map over the channels, then one over the candidates.

    Args:
        num_candidates: Number N of candidates.
        in_channels: Channels c of a candidate.
        num_outputs: Number K of output vectors.
        out_channels: Channels c' of an output vector.
        init_cfg: Weight initialisation.
    """

    def __init__(
        self,
        num_candidates: int,
        in_channels: int = 64,
        num_outputs: int = 3,
        out_channels: int = 16,
        init_cfg: dict | None = GLOROT_UNIFORM,
    ) -> None:
        super().__init__(init_cfg)
        self.over_channels = nn.Linear(in_channels, out_channels, bias=False)
        self.over_candidates = nn.Linear(num_candidates, num_outputs, bias=False)

    def forward(self, candidates: Tensor) -> Tensor:
        """Aggregate (B, N, c) candidates into V, (B, K, c')."""
        features = self.over_channels(candidates).transpose(1, 2)
        return self.over_candidates(features).transpose(1, 2)
