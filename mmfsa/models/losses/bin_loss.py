"""Cross entropy of bins beside the squared error (Hopenet; Ruiz et al., CVPRW 2018)."""

from collections.abc import Mapping, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from mmfsa.registry import MODELS

from ..bins import Bins
from .base_loss import BaseLoss, weighted_mean
from .labels import Labels

OVER_ANGLES = 'mean', 'sum'


@MODELS.register_module()
class BinLoss(BaseLoss):
    """Cross entropy as `loss_bins`, and the squared error as `loss_angles`.

    Both are means over the faces. It takes a head's `logits` (N, 3, bins) and `pose`.

    Args:
        angle_range: The bins divide ±angle_range degrees; one number, or three. The
            head's own by default, see :func:`~mmfsa.models.losses.build.build_loss`.
        alpha: Weight of the squared error.
        num_bins: Bins of each angle, or three numbers; the head's own by default.
            Without a head that says so: as many as the logits have.
        over_angles: The losses of the three angles: their ``mean``, or, as in Hopenet's
            code, their ``sum``.
        wrap: An error of more than 180 degrees counts the other way round (WHENet; Zhou
            and Gregson, BMVC 2020).
        soft_label: An odd number of weights: of the label's bin, in the middle, and of
            its neighbours. (0.1, 0.2, 0.5, 0.2, 0.1) is Shaw's, whose weights sum to
            1.1. The original fails for labels near an end. Here the weights beyond the
            end are left out, and the others grow, so that their sum is always the same.

    Raises:
        ValueError: If a setting is none of these.
    """

    needs = ('logits', 'pose')

    def __init__(
        self,
        angle_range: float | Sequence[float] = 99.0,
        alpha: float = 1.0,
        num_bins: int | Sequence[int] | None = None,
        over_angles: str = 'mean',
        wrap: bool = False,
        soft_label: Sequence[float] = (1.0,),
    ) -> None:
        super().__init__()
        if over_angles not in OVER_ANGLES:
            raise ValueError(
                f'over_angles must be one of {", ".join(OVER_ANGLES)}, got '
                f'{over_angles!r}'
            )
        if len(soft_label) % 2 == 0:
            raise ValueError(
                f'soft_label must have one weight in the middle, got {soft_label}'
            )
        self.angle_range = angle_range
        self.alpha = alpha
        self.num_bins = num_bins
        self.over_angles = over_angles
        self.wrap = wrap
        self.soft_label = tuple(soft_label)

    def compare(
        self, outputs: Mapping[str, Tensor], labels: Labels
    ) -> dict[str, Tensor]:
        logits = outputs['logits']
        bins = Bins(self.num_bins or logits.shape[2], self.angle_range)
        _refuse_labels_beyond(bins, labels)
        entropy = F.cross_entropy(
            logits.transpose(1, 2),
            self.target(bins, labels.pose, logits).transpose(1, 2),
            reduction='none',
        )
        error = (outputs['pose'] - labels.pose).abs()
        if self.wrap:
            error = error.minimum(360 - error)
        return dict(
            loss_bins=self._reduce(entropy, labels.weight),
            loss_angles=self.alpha * self._reduce(error.square(), labels.weight),
        )

    def target(self, bins: Bins, pose: Tensor, logits: Tensor) -> Tensor:
        """How much each bin of each angle should weigh, like the logits (N, 3, bins)."""
        target = torch.zeros_like(logits)
        of_label = bins.of(pose)
        num = of_label.new_tensor(bins.num)
        for offset, weight in enumerate(self.soft_label, -(len(self.soft_label) // 2)):
            index = of_label + offset
            inside = (index >= 0) & (index < num)
            index = index.clamp(0, logits.shape[2] - 1)[..., None]
            target.scatter_add_(2, index, weight * inside[..., None].to(target))
        return target * (sum(self.soft_label) / target.sum(dim=2, keepdim=True))

    def _reduce(self, error: Tensor, weight: Tensor) -> Tensor:
        if self.over_angles == 'mean':
            return weighted_mean(error, weight)
        each = zip(error.unbind(1), weight.unbind(1), strict=True)
        return torch.stack([weighted_mean(*angle) for angle in each]).sum()


def _refuse_labels_beyond(bins: Bins, labels: Labels) -> None:
    beyond = bins.beyond(labels.pose).nonzero()
    if len(beyond):
        first = int(beyond[0])
        raise ValueError(
            f'{labels.names[first]}: gt_pose {labels.pose[first].tolist()} lies '
            f"beyond the bins, {bins}; set the data set's "
            f'filter_cfg=dict(max_angle={min(bins.range):g}) or a larger '
            'angle_range of the head (RotateInPlane turns labels beyond a filter)'
        )
