"""Classification into bins and the expected angle (Hopenet; Ruiz et al., CVPRW 2018)."""

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch import Tensor

from mmfsa.registry import MODELS
from mmfsa.structures import HeadPoseDataSample

from ..init import GLOROT_UNIFORM
from .base_head import BaseHead, as_vector, labels, weighted_mean

ANGLES = 3


@MODELS.register_module()
class BinnedHead(BaseHead):
    """For each angle a distribution over bins, whose mean is the angle.

    A bin stands for the angle in its middle; in the authors' code, for its lower edge.

    Args:
        in_features: Length of a sample's features, K·c' of V by default.
        num_bins: Bins of each angle.
        angle_range: The bins divide ±angle_range degrees; labels beyond are refused.
        alpha: Weight of the squared error beside the cross entropy.
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
        self.linear = nn.Linear(in_features, ANGLES * num_bins)

    def forward(self, features: Tensor | list[Tensor]) -> Tensor:
        """
        Args:
            features: See :func:`~mmfsa.models.heads.base_head.as_vector`.

        Returns:
            The pose, (N, 3): yaw, pitch, roll in degrees, between the middles of the
            outermost bins.

        Raises:
            ValueError: If the features are not `in_features` for each sample.
        """
        return self.expectation(self.logits(features))

    def logits(self, features: Tensor | list[Tensor]) -> Tensor:
        """What softmax makes the bins' probabilities of, (N, 3, num_bins)."""
        scores = self.linear(as_vector(features, self.in_features))
        return scores.unflatten(1, (ANGLES, self.num_bins))

    def expectation(self, logits: Tensor) -> Tensor:
        """The mean angles (N, 3) in degrees."""
        bins = torch.arange(self.num_bins, dtype=logits.dtype, device=logits.device)
        middles = self.bin_width * (bins + 0.5) - self.angle_range
        return (logits.softmax(dim=2) * middles).sum(dim=2)

    def loss(
        self,
        features: Tensor | list[Tensor],
        data_samples: list[HeadPoseDataSample],
    ) -> dict[str, Tensor]:
        """Cross entropy, and alpha times the squared error; means over the angles.

        Args:
            features: What `forward` takes.
            data_samples: N samples with `gt_pose` and, where some should count less,
                `weight`: one number or three.

        Raises:
            ValueError: If a label lies beyond the bins.
        """
        logits = self.logits(features)
        targets, weights = labels(data_samples, logits)
        beyond = [s for s in data_samples if abs(s.gt_pose).max() > self.angle_range]
        if beyond:
            raise ValueError(
                f'{beyond[0].get("img_path")}: gt_pose {beyond[0].gt_pose} lies beyond '
                f"the bins, ±{self.angle_range:g}; set the data set's filter_cfg=dict("
                f'max_angle={self.angle_range:g}) or a larger angle_range of the head '
                '(RotateInPlane turns labels beyond a filter)'
            )
        bins = ((targets + self.angle_range) / self.bin_width).long()
        bins = bins.clamp(max=self.num_bins - 1)
        entropy = F.cross_entropy(logits.transpose(1, 2), bins, reduction='none')
        square = (self.expectation(logits) - targets).square()
        return dict(
            loss_bins=weighted_mean(entropy, weights),
            loss_angles=self.alpha * weighted_mean(square, weights),
        )
