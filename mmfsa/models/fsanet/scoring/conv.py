"""Learnable scoring, the paper's `1x1` (Section 3.4): Φ(u) = σ(w·u + b)."""

import torch.nn as nn
from mmengine.model import BaseModule
from torch import Tensor

from mmfsa.registry import MODELS

from ...init import GLOROT_UNIFORM


@MODELS.register_module()
class ConvScoring(BaseModule):
    """A 1x1 convolution to one channel and a sigmoid, shared by all stages.

    Args:
        in_channels: Channels c of the feature maps.
        init_cfg: Weight initialisation.
    """

    def __init__(
        self, in_channels: int, init_cfg: dict | None = GLOROT_UNIFORM
    ) -> None:
        super().__init__(init_cfg)
        self.conv = nn.Conv2d(in_channels, 1, 1)

    def forward(self, feature: Tensor) -> Tensor:
        """Score U_k (N, c, h, w): the attention map A_k (N, h, w), in (0, 1)."""
        return self.conv(feature).sigmoid().squeeze(1)
