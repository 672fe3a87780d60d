"""Aggregation by NetVLAD (Section 3.3; Arandjelović et al., CVPR 2016)."""

import torch
import torch.nn as nn
import torch.nn.functional as F
from mmengine.model import BaseModule
from torch import Tensor

from mmfsa.registry import MODELS

# Keras bounds the squared norm by 1e-12, torch the norm.
EPS = 1e-6


@MODELS.register_module()
class NetVLADAggregation(BaseModule):
    """Residuals to learned centres, softly assigned, then projected to V.

    As in the authors' code there is neither batch normalisation nor gating.

    Args:
        num_candidates: Number N of candidates; any number gives the same parameters.
        in_channels: Channels c of a candidate.
        num_outputs: Number K of output vectors.
        out_channels: Channels c' of an output vector.
        num_clusters: Number of centres.
        init_cfg: Weight initialisation.
    """

    def __init__(
        self,
        num_candidates: int,  # noqa: ARG002 (every aggregation is built with it)
        in_channels: int = 64,
        num_outputs: int = 3,
        out_channels: int = 16,
        num_clusters: int = 3,
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(init_cfg)
        self.out_shape = (num_outputs, out_channels)
        self.assignment = nn.Linear(in_channels, num_clusters)
        self.centres = nn.Parameter(torch.empty(in_channels, num_clusters))
        self.projection = nn.Linear(
            in_channels * num_clusters, num_outputs * out_channels, bias=False
        )
        self.reset_parameters()

    def init_weights(self) -> None:
        super().init_weights()
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Normal: 1/sqrt(c) for assignment and centres, 1/sqrt(clusters) for the rest."""
        channels, clusters = self.centres.shape
        for parameter in (*self.assignment.parameters(), self.centres):
            nn.init.normal_(parameter, std=channels**-0.5)
        nn.init.normal_(self.projection.weight, std=clusters**-0.5)

    def forward(self, candidates: Tensor) -> Tensor:
        """Aggregate (B, N, c) candidates into V, (B, K, c')."""
        assignment = self.assignment(candidates).softmax(dim=-1)
        residuals = (
            candidates.transpose(1, 2) @ assignment
            - assignment.sum(dim=1, keepdim=True) * self.centres
        )
        vlad = F.normalize(residuals, dim=1, eps=EPS).flatten(1)
        V = self.projection(F.normalize(vlad, dim=1, eps=EPS))
        return V.unflatten(1, self.out_shape)
