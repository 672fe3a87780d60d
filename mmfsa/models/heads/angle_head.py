"""Regression of the three angles themselves, by linear layers."""

from collections.abc import Sequence

import torch.nn as nn
from torch import Tensor

from mmfsa.registry import MODELS
from mmfsa.structures import ANGLES

from ..init import GLOROT_UNIFORM
from .base_head import BaseHead, as_vector, hidden_layers


@MODELS.register_module()
class AngleHead(BaseHead):
    """Linear layers with a ReLU between them; the last one gives yaw, pitch and roll.

    Args:
        in_features: Length of a sample's features.
        hidden: Lengths of the layers before the last.
        init_cfg: Weight initialisation.
    """

    def __init__(
        self,
        in_features: int,
        hidden: Sequence[int] = (),
        init_cfg: dict | None = GLOROT_UNIFORM,
    ) -> None:
        super().__init__(init_cfg)
        self.in_features = in_features
        layers, length = hidden_layers(in_features, hidden)
        self.layers = nn.Sequential(*layers, nn.Linear(length, len(ANGLES)))

    def forward(self, features: Tensor | Sequence[Tensor]) -> dict[str, Tensor]:
        """
        Args:
            features: See :func:`~mmfsa.models.heads.base_head.as_vector`.

        Returns:
            `angles` (N, 3) in degrees.

        Raises:
            ValueError: If the features are not `in_features` for each sample.
        """
        return dict(angles=self.layers(as_vector(features, self.in_features)))

    def decode(self, outputs: dict[str, Tensor]) -> dict[str, Tensor]:
        """The angles as `pose`."""
        return dict(pose=outputs['angles'])
