"""Scoring by how much a pixel differs from the rest: Φ(u) = 1 − cos(u, mean of all u)."""

import torch.nn.functional as F
from mmengine.model import BaseModule
from torch import Tensor

from mmfsa.registry import MODELS


@MODELS.register_module()
class DistinctScoring(BaseModule):
    """One minus the cosine between a pixel's features and their mean over the map.

    Args:
        in_channels: Channels c of the feature maps; `FSANeck` fills it in.
        init_cfg: Weight initialisation.
    """

    def __init__(
        self,
        in_channels: int,  # noqa: ARG002 (every scoring function is built with it)
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(init_cfg)

    def forward(self, feature: Tensor) -> Tensor:
        """Score U_k (N, c, h, w): the attention map A_k (N, h, w), in [0, 2]."""
        mean = feature.mean(dim=(2, 3), keepdim=True)
        return 1 - F.cosine_similarity(feature, mean, dim=1)
