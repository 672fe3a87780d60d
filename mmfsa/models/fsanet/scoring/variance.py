"""Scoring by variance, the paper's `var.` (Section 3.4).

The paper sums the squared deviations; the authors' released code takes their mean.
"""

from mmengine.model import BaseModule
from torch import Tensor

from mmfsa.registry import MODELS


@MODELS.register_module()
class VarianceScoring(BaseModule):
    """The variance of every pixel's features over the channels; nothing is learned.

    Args:
        in_channels: Channels c of the feature maps, at least 2.
        init_cfg: Weight initialisation.

    Raises:
        ValueError: If there is one channel, which has no variance.
    """

    def __init__(self, in_channels: int, init_cfg: dict | None = None) -> None:
        super().__init__(init_cfg)
        if in_channels < 2:
            raise ValueError(
                f'the variance needs 2 channels or more, got {in_channels}'
            )

    def forward(self, feature: Tensor) -> Tensor:
        """Score U_k (N, c, h, w): the attention map A_k (N, h, w), not negative."""
        return feature.var(dim=1, unbiased=False)
