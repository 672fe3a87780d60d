"""The neck of TriNet: a neck of its own for each vector of the rotation."""

from collections.abc import Sequence

import torch
import torch.nn as nn
from mmengine.model import BaseModule
from torch import Tensor

from mmfsa.registry import MODELS


@MODELS.register_module()
class TriNetNeck(BaseModule):
    """Three necks, which do not share weights, side by side.

    Args:
        neck: Config of one neck, such as an `FSANeck`.
        num_vectors: How many there are.
        init_cfg: Weight initialisation.
    """

    def __init__(
        self, neck: dict, num_vectors: int = 3, init_cfg: dict | None = None
    ) -> None:
        super().__init__(init_cfg)
        self.necks = nn.ModuleList(MODELS.build(neck) for _ in range(num_vectors))

    def forward(self, features: Sequence[Tensor]) -> Tensor:
        """Feature maps to (N, num_vectors, K, c'): what each neck gives."""
        return torch.stack([neck(features) for neck in self.necks], dim=1)
