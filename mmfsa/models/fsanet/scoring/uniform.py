"""Uniform scoring (Section 3.4): Φ(u) = 1.

The paper's `w/o` models go further and leave the structure mapping out: an `FSANeck` with
`mapping=None`, which needs no scoring at all.
"""

from mmengine.model import BaseModule
from torch import Tensor

from mmfsa.registry import MODELS


@MODELS.register_module()
class UniformScoring(BaseModule):
    """Every pixel counts the same.

    Args:
        in_channels: Channels c of the feature maps; they make no difference.
        init_cfg: Weight initialisation.
    """

    def __init__(
        self,
        in_channels: int,  # noqa: ARG002 (every scoring function is built with it)
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(init_cfg)

    def forward(self, feature: Tensor) -> Tensor:
        """Score U_k (N, c, h, w): the attention map A_k (N, h, w) of ones."""
        return feature.new_ones(feature.shape[0], *feature.shape[2:])
