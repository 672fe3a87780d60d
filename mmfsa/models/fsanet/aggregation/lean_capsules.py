"""The capsules for export: one product per candidate, the routing unrolled."""

from typing import TYPE_CHECKING

import torch
import torch.nn as nn
from torch import Tensor

if TYPE_CHECKING:
    from .capsule import CapsuleAggregation


class LeanCapsules(nn.Module):
    """:class:`CapsuleAggregation`: one product per candidate, the routing unrolled.

    Args:
        capsules: The capsules whose place it takes.
    """

    def __init__(self, capsules: 'CapsuleAggregation') -> None:
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
