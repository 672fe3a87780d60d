"""The loss of TokenHPE: of the rotation, and of the token of its region (Section 3.4)."""

from collections.abc import Mapping

import torch
from torch import Tensor

from mmfsa.registry import MODELS
from mmfsa.structures import geodesic_distance

from ..losses.base_loss import BaseLoss, weighted_mean
from ..losses.labels import Labels

YAW, PITCH = 40, 30  # edges of the nine regions, in degrees


@MODELS.register_module()
class RegionLoss(BaseLoss):
    """The mean geodesic distance of the rotation as `loss_pose`, in degrees, and that of
    the rotation that the token of the label's region gives as `loss_region`.

    Args:
        alpha: Weight of `loss_pose`; the rest is that of `loss_region`.
    """

    needs = ('rotation', 'region_rotation')

    def __init__(self, alpha: float = 0.95) -> None:
        super().__init__()
        self.alpha = alpha

    def compare(
        self, outputs: Mapping[str, Tensor], labels: Labels
    ) -> dict[str, Tensor]:
        rotation, regions = outputs['rotation'], outputs['region_rotation']
        target = labels.rotation.to(rotation)
        rows = torch.arange(len(regions), device=regions.device)
        chosen = regions[rows, region_of(labels.pose)]
        weight = labels.weight.mean(dim=1)
        pose = weighted_mean(geodesic_distance(rotation, target), weight)
        region = weighted_mean(geodesic_distance(chosen, target), weight)
        return dict(loss_pose=self.alpha * pose, loss_region=(1 - self.alpha) * region)


def region_of(pose: Tensor) -> Tensor:
    """The number of the region of a pose.

    Args:
        pose: (N, 3) yaw, pitch, roll in degrees.

    Returns:
        (N,) from 0, up and to the image's left, to 8, down and to its right.

    >>> region_of(torch.tensor([[50.0, 40, 0], [0, 0, 0], [-50, -40, 0]])).tolist()
    [0, 4, 8]
    """
    yaw, pitch = pose[:, 0], pose[:, 1]
    column = 1 - (yaw > YAW).long() + (yaw < -YAW).long()
    row = 1 - (pitch > PITCH).long() + (pitch < -PITCH).long()
    return 3 * row + column
