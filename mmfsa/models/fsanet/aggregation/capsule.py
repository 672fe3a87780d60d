"""Aggregation by capsules with dynamic routing (Section 3.3; Sabour et al., NIPS 2017)."""

import torch
import torch.nn as nn
from mmengine.model import BaseModule
from torch import Tensor

from mmfsa.registry import MODELS

from .lean_capsules import LeanCapsules


def squash(s: Tensor) -> Tensor:
    """Shrink vectors to a length in [0, 1), keeping their direction; over the last dim."""
    square = s.square().sum(dim=-1, keepdim=True)
    return square / (1 + square) * s / torch.sqrt(square + 1e-7)


def route(u_hat: Tensor, iterations: int) -> Tensor:
    """Dynamic routing by agreement.

    Args:
        u_hat: What each of N candidates predicts for each of K capsules,
            (B, K, N, c').
        iterations: Rounds of routing; gradients flow through all of them.

    Returns:
        The K capsules, (B, K, c').
    """
    logits = u_hat.new_zeros(u_hat.shape[:3])
    for i in range(iterations):
        coupling = logits.softmax(dim=1)
        v = squash((coupling.unsqueeze(2) @ u_hat).squeeze(2))
        if i < iterations - 1:
            logits = logits + (u_hat @ v.unsqueeze(3)).squeeze(3)
    return v


@MODELS.register_module()
class CapsuleAggregation(BaseModule):
    """Candidates vote for K capsules, which become V.

    Args:
        num_candidates: Number N of candidates.
        in_channels: Channels c of a candidate.
        num_outputs: Number K of capsules.
        out_channels: Channels c' of a capsule.
        routings: Rounds of routing.
        init_cfg: Weight initialisation.
    """

    def __init__(
        self,
        num_candidates: int,
        in_channels: int = 64,
        num_outputs: int = 3,
        out_channels: int = 16,
        routings: int = 2,
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(init_cfg)
        if routings < 1:
            raise ValueError(f'routings must be at least 1, got {routings}')
        self.routings = routings
        self.weight = nn.Parameter(
            torch.empty(num_outputs, num_candidates, out_channels, in_channels)
        )
        self.reset_parameters()

    def init_weights(self) -> None:
        super().init_weights()
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Keras' Glorot limit for this tensor, which counts all but two dims as field."""
        outputs, candidates, c_out, c_in = self.weight.shape
        limit = (6 / (outputs * candidates * (c_out + c_in))) ** 0.5
        nn.init.uniform_(self.weight, -limit, limit)

    def forward(self, candidates: Tensor) -> Tensor:
        """Aggregate (B, N, c) candidates into V, (B, K, c')."""
        u_hat = torch.einsum('knoc,bnc->bkno', self.weight, candidates)
        return route(u_hat, self.routings)

    def lean(self) -> nn.Module:
        """The same vectors from fewer operations, see :mod:`.lean_capsules`."""
        return LeanCapsules(self)
