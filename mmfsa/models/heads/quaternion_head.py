"""Regression of the rotation as a quaternion, by one linear layer."""

from collections.abc import Sequence
from typing import ClassVar

import torch.nn as nn
from torch import Tensor

from mmfsa.registry import MODELS
from mmfsa.structures import quaternion_to_matrix

from ..init import GLOROT_UNIFORM
from .base_head import BaseHead, as_vector, decoded_rotation


@MODELS.register_module()
class QuaternionHead(BaseHead):
    """One linear layer to a quaternion of any length.

    Args:
        in_features: Length of a sample's features.
        init_cfg: Weight initialisation.
    """

    default_loss: ClassVar[dict] = dict(type='mmfsa.GeodesicLoss')

    def __init__(
        self, in_features: int, init_cfg: dict | None = GLOROT_UNIFORM
    ) -> None:
        super().__init__(init_cfg)
        self.in_features = in_features
        self.linear = nn.Linear(in_features, 4)

    def forward(self, features: Tensor | Sequence[Tensor]) -> dict[str, Tensor]:
        """
        Args:
            features: See :func:`~mmfsa.models.heads.base_head.as_vector`.

        Returns:
            `quaternion` (N, 4): x, y, z, w, not normalised.

        Raises:
            ValueError: If the features are not `in_features` for each sample.
        """
        return dict(quaternion=self.linear(as_vector(features, self.in_features)))

    def decode(self, outputs: dict[str, Tensor]) -> dict[str, Tensor]:
        """The rotation and its pose, see
        :func:`~mmfsa.models.heads.base_head.decoded_rotation`.
        """
        return decoded_rotation(quaternion_to_matrix(outputs['quaternion']))
