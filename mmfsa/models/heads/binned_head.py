"""Classification into bins and the expected angle (Hopenet; Ruiz et al., CVPRW 2018)."""

from collections.abc import Sequence

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch import Tensor

from mmfsa.registry import MODELS

from ..bins import Bins
from ..init import GLOROT_UNIFORM
from .base_head import BaseHead, as_vector

POSITIONS = {'middle': 0.5, 'left': 0.0}
# The logit of a bin that an angle does not have: its probability is 0, also in FP16.
ABSENT = -1e4


@MODELS.register_module()
class BinnedHead(BaseHead):
    """For each angle a distribution over bins, whose mean is the angle.

    Args:
        in_features: Length of a sample's features, K·c' of V by default.
        num_bins: Bins of each angle; or three numbers, of yaw, pitch and roll.
        angle_range: The bins divide ±angle_range degrees; one number, or three. Labels
            beyond are refused.
        alpha: Weight of the squared error beside the cross entropy, in the head's own
            loss.
        init_cfg: Weight initialisation.
        stands_for: The angle that a bin stands for: its ``middle``, or its ``left`` edge,
            as in the code of Hopenet and WHENet. Weights need the one that they were
            trained with.
        relu: Set negative features to 0 first.

    Raises:
        ValueError: If there are fewer than two bins; if a setting has neither one value
            nor three; if `stands_for` is something else.
    """

    def __init__(
        self,
        in_features: int = 48,
        num_bins: int | Sequence[int] = 66,
        angle_range: float | Sequence[float] = 99.0,
        alpha: float = 1.0,
        init_cfg: dict | None = GLOROT_UNIFORM,
        stands_for: str = 'middle',
        relu: bool = False,
    ) -> None:
        super().__init__(init_cfg)
        if stands_for not in POSITIONS:
            raise ValueError(
                f'stands_for must be one of {", ".join(POSITIONS)}, got {stands_for!r}'
            )
        self.bins = Bins(num_bins, angle_range)
        self.in_features = in_features
        self.num_bins = num_bins
        self.angle_range = angle_range
        self.alpha = alpha
        self.stands_for = stands_for
        self.relu = relu
        self.linear = nn.Linear(in_features, sum(self.bins.num))

    @property
    def default_loss(self) -> dict:
        """Cross entropy of the bins and the squared error."""
        return dict(
            type='mmfsa.BinLoss',
            num_bins=self.num_bins,
            angle_range=self.angle_range,
            alpha=self.alpha,
        )

    def forward(self, features: Tensor | list[Tensor]) -> dict[str, Tensor]:
        """
        Args:
            features: See :func:`~mmfsa.models.heads.base_head.as_vector`.

        Returns:
            `logits` (N, 3, bins), what softmax makes the bins' probabilities of. Where
            the angles have unequal numbers of bins, the shorter rows end in bins of
            probability 0.

        Raises:
            ValueError: If the features are not `in_features` for each sample.
        """
        vector = as_vector(features, self.in_features)
        scores = self.linear(vector.relu() if self.relu else vector)
        if len({*self.bins.num}) == 1:
            return dict(logits=scores.unflatten(1, (len(self.bins.num), -1)))
        rows = [
            F.pad(row, (0, self.bins.most - row.shape[1]), value=ABSENT)
            for row in scores.split(self.bins.num, dim=1)
        ]
        return dict(logits=torch.stack(rows, dim=1))

    def decode(self, outputs: dict[str, Tensor]) -> dict[str, Tensor]:
        """The mean angles as `pose`, between what the outermost bins stand for."""
        logits = outputs['logits']
        angles = self.bins.angles(POSITIONS[self.stands_for], like=logits)
        return dict(pose=(logits.softmax(dim=2) * angles).sum(dim=2))
