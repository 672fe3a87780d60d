"""The head of head-pose-estimation-adas-0001: a branch of two layers for each angle."""

from collections import OrderedDict
from collections.abc import Sequence

import torch
import torch.nn as nn
from torch import Tensor

from mmfsa.registry import MODELS
from mmfsa.structures import ANGLES

from ..heads.base_head import BaseHead

# Open Model Zoo counts yaw and pitch the other way round.
SIGNS = -1.0, -1.0, 1.0


@MODELS.register_module()
class Adas0001Head(BaseHead):
    """For each angle a 1x1 convolution to 128 channels and a linear layer.

    Args:
        in_channels: Channels of the feature map.
        num_pixels: Pixels of the feature map.
        init_cfg: Weight initialisation.
    """

    def __init__(
        self,
        in_channels: int = 512,
        num_pixels: int = 4,
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(init_cfg)
        self.branches = nn.ModuleDict(
            {angle: _branch(angle, in_channels) for angle in ANGLES}
        )
        self.linear = nn.ModuleDict(
            {angle: nn.Linear(128 * num_pixels, 1) for angle in ANGLES}
        )

    def forward(self, features: Sequence[Tensor]) -> dict[str, Tensor]:
        """
        Args:
            features: The backbone's; the last is used, (N, in_channels, h, w).

        Returns:
            `angles` (N, 3): yaw, pitch and roll in degrees, in Open Model Zoo's signs.
        """
        angles = [
            self.linear[angle](self.branches[angle](features[-1]).flatten(1))
            for angle in ANGLES
        ]
        return dict(angles=torch.cat(angles, dim=1))

    def decode(self, outputs: dict[str, Tensor]) -> dict[str, Tensor]:
        """The angles in mmfsa's signs, as `pose`."""
        angles = outputs['angles']
        return dict(pose=angles * angles.new_tensor(SIGNS))


def _branch(angle: str, in_channels: int) -> nn.Sequential:
    """The roll's batch norm stands before the ReLU, the others' after it."""
    conv = nn.Conv2d(in_channels, 128, 1)
    bn, relu = nn.BatchNorm2d(128), nn.ReLU(inplace=True)
    if angle == 'roll':
        return nn.Sequential(OrderedDict(conv=conv, bn=bn, relu=relu))
    return nn.Sequential(OrderedDict(conv=conv, relu=relu, bn=bn))
