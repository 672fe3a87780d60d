"""The feature maps of any backbone as stages of FSA-Net."""

from collections.abc import Sequence

import torch.nn as nn
import torch.nn.functional as F
from mmengine.model import BaseModule
from mmengine.utils import to_2tuple
from torch import Tensor

from mmfsa.registry import MODELS

from ..init import GLOROT_UNIFORM


@MODELS.register_module()
class StageAlignment(BaseModule):
    """Bring feature maps to one number of channels and one size, the deepest first.

    Backbones of OpenMMLab give their feature maps from the shallowest to the deepest,
    each with more channels and fewer pixels. The heads of FSA-Net go from coarse to
    fine, as :class:`TwoStreamBackbone` gives its U_k.

    Args:
        in_channels: Channels of every feature map, in the backbone's order.
        out_channels: Channels c of every U_k.
        out_size: Height and width of every U_k, or one number for both.
        init_cfg: Weight initialisation.
    """

    def __init__(
        self,
        in_channels: Sequence[int],
        out_channels: int = 64,
        out_size: int | tuple[int, int] = 8,
        init_cfg: dict | None = GLOROT_UNIFORM,
    ) -> None:
        super().__init__(init_cfg)
        self.in_channels = tuple(in_channels)
        self.out_size = to_2tuple(out_size)
        self.projections = nn.ModuleList(
            nn.Conv2d(channels, out_channels, 1) for channels in in_channels
        )

    def forward(self, features: Sequence[Tensor]) -> tuple[Tensor, ...]:
        """
        Args:
            features: K feature maps (N, in_channels[k], H_k, W_k).

        Returns:
            U_k, the last feature map's first, each (N, c, h, w).

        Raises:
            ValueError: If number or channels of the feature maps are others.
        """
        channels = tuple(feature.shape[1] for feature in features)
        if channels != self.in_channels:
            raise ValueError(
                f'the neck takes feature maps of {self.in_channels} channels, got '
                f"{channels}; set its in_channels, or the backbone's out_indices"
            )
        return tuple(
            F.interpolate(project(feature), self.out_size, mode='bilinear')
            for project, feature in zip(
                reversed(self.projections), reversed(features), strict=True
            )
        )
