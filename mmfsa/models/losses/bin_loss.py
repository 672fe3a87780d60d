"""Cross entropy of bins beside the squared error (Hopenet; Ruiz et al., CVPRW 2018)."""

from collections.abc import Mapping

import torch.nn.functional as F
from torch import Tensor

from mmfsa.registry import MODELS

from .base_loss import BaseLoss, weighted_mean
from .labels import Labels


@MODELS.register_module()
class BinLoss(BaseLoss):
    """Cross entropy as `loss_bins`, and the squared error as `loss_angles`.

    Both are means over the angles. It takes a head's `logits` (N, 3, bins) and `pose`.

    Args:
        angle_range: The bins divide ±angle_range degrees. The head's own by default,
            see :func:`~mmfsa.models.losses.build.build_loss`.
        alpha: Weight of the squared error.
    """

    needs = ('logits', 'pose')

    def __init__(self, angle_range: float = 99.0, alpha: float = 1.0) -> None:
        super().__init__()
        self.angle_range = angle_range
        self.alpha = alpha

    def compare(
        self, outputs: Mapping[str, Tensor], labels: Labels
    ) -> dict[str, Tensor]:
        self._refuse_labels_beyond(labels)
        logits = outputs['logits']
        num_bins = logits.shape[2]
        width = 2 * self.angle_range / num_bins
        bins = ((labels.pose + self.angle_range) / width).long()
        bins = bins.clamp(max=num_bins - 1)
        entropy = F.cross_entropy(logits.transpose(1, 2), bins, reduction='none')
        square = (outputs['pose'] - labels.pose).square()
        return dict(
            loss_bins=weighted_mean(entropy, labels.weight),
            loss_angles=self.alpha * weighted_mean(square, labels.weight),
        )

    def _refuse_labels_beyond(self, labels: Labels) -> None:
        beyond = (labels.pose.abs() > self.angle_range).any(dim=1).nonzero()
        if len(beyond):
            first = int(beyond[0])
            raise ValueError(
                f'{labels.names[first]}: gt_pose {labels.pose[first].tolist()} lies '
                f"beyond the bins, ±{self.angle_range:g}; set the data set's "
                f'filter_cfg=dict(max_angle={self.angle_range:g}) or a larger '
                'angle_range of the head (RotateInPlane turns labels beyond a filter)'
            )
