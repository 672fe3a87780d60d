"""Classification into bins and the expected angle (Hopenet; Ruiz et al., CVPRW 2018)."""

import torch
import torch.nn as nn
from torch import Tensor

from mmfsa.registry import MODELS
from mmfsa.structures import ANGLES

from ..init import GLOROT_UNIFORM
from .base_head import BaseHead, as_vector

NUM_ANGLES = len(ANGLES)


@MODELS.register_module()
class BinnedHead(BaseHead):
    """For each angle a distribution over bins, whose mean is the angle.

    A bin stands for the angle in its middle; in the authors' code, for its lower edge.

    Args:
        in_features: Length of a sample's features, K·c' of V by default.
        num_bins: Bins of each angle.
        angle_range: The bins divide ±angle_range degrees; labels beyond are refused.
        alpha: Weight of the squared error beside the cross entropy, in the head's own
            loss.
        init_cfg: Weight initialisation.

    Raises:
        ValueError: If there are fewer than two bins.
    """

    def __init__(
        self,
        in_features: int = 48,
        num_bins: int = 66,
        angle_range: float = 99.0,
        alpha: float = 1.0,
        init_cfg: dict | None = GLOROT_UNIFORM,
    ) -> None:
        super().__init__(init_cfg)
        if num_bins < 2:
            raise ValueError(f'num_bins must be at least 2, got {num_bins}')
        self.in_features = in_features
        self.num_bins = num_bins
        self.angle_range = angle_range
        self.bin_width = 2 * angle_range / num_bins
        self.alpha = alpha
        self.linear = nn.Linear(in_features, NUM_ANGLES * num_bins)

    @property
    def default_loss(self) -> dict:
        """Cross entropy of the bins and the squared error."""
        return dict(
            type='mmfsa.BinLoss', angle_range=self.angle_range, alpha=self.alpha
        )

    def forward(self, features: Tensor | list[Tensor]) -> dict[str, Tensor]:
        """
        Args:
            features: See :func:`~mmfsa.models.heads.base_head.as_vector`.

        Returns:
            `logits` (N, 3, num_bins), what softmax makes the bins' probabilities of.

        Raises:
            ValueError: If the features are not `in_features` for each sample.
        """
        scores = self.linear(as_vector(features, self.in_features))
        return dict(logits=scores.unflatten(1, (NUM_ANGLES, self.num_bins)))

    def decode(self, outputs: dict[str, Tensor]) -> dict[str, Tensor]:
        """The mean angles, between the middles of the outermost bins, as `pose`."""
        logits = outputs['logits']
        bins = torch.arange(self.num_bins, dtype=logits.dtype, device=logits.device)
        middles = self.bin_width * (bins + 0.5) - self.angle_range
        return dict(pose=(logits.softmax(dim=2) * middles).sum(dim=2))
