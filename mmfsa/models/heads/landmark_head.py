"""Landmarks as fractions of the crop, and the pose that they have in weak perspective."""

from collections.abc import Mapping
from typing import ClassVar

import torch
import torch.nn as nn
from torch import Tensor

from mmfsa.landmarks import HeadPoints
from mmfsa.registry import MODELS

from ..init import GLOROT_UNIFORM
from .base_head import BaseHead, as_vector
from .landmark_pose import LandmarkPose

FILLS = 0.8  # of the crop, by a face at the start of training


@MODELS.register_module()
class LandmarkHead(BaseHead):
    """A linear layer to the places of K landmarks; points of a head give their pose.

    The pose is that of the scaled orthographic fit, in closed form
    (:func:`mmfsa.landmarks.weak_perspective`). A loss may compare the landmarks, the
    rotation, or both.

    Args:
        in_features: Length of a sample's features.
        points: The :class:`~mmfsa.landmarks.HeadPoints`, or their settings. Their number
            is that of the landmarks; their `subset` has the pose.
        init_cfg: Weight initialisation.
    """

    default_loss: ClassVar[dict] = dict(type='mmfsa.OutputWingLoss', output='landmarks')

    def __init__(
        self,
        in_features: int,
        points: HeadPoints | Mapping | None = None,
        init_cfg: dict | None = GLOROT_UNIFORM,
    ) -> None:
        super().__init__(init_cfg)
        self.in_features = in_features
        self.pose = LandmarkPose(points)
        self.linear = nn.Linear(in_features, self.pose.points.whole[:, :2].size)
        self._begin_frontal()

    def init_weights(self) -> None:
        super().init_weights()
        self._begin_frontal()

    @torch.no_grad()
    def _begin_frontal(self) -> None:
        """Biases of a frontal face that fills most of the crop."""
        flat = self.pose.points.whole[:, :2]
        low, high = flat.min(0), flat.max(0)
        places = 0.5 + FILLS * (flat - (low + high) / 2) / (high - low).max()
        self.linear.bias.copy_(torch.from_numpy(places.ravel()))

    def forward(self, features: Tensor | list[Tensor]) -> dict[str, Tensor]:
        """
        Args:
            features: See :func:`~mmfsa.models.heads.base_head.as_vector`.

        Returns:
            `landmarks` (N, K, 2): x and y as fractions of the crop; (0, 0) is the outer
            corner of its first pixel, (1, 1) that of its last.

        Raises:
            ValueError: If the features are not `in_features` for each sample.
        """
        places = self.linear(as_vector(features, self.in_features))
        return dict(landmarks=places.unflatten(1, (-1, 2)))

    def decode(self, outputs: dict[str, Tensor]) -> dict[str, Tensor]:
        """The pose of the landmarks, if the crop is a square.

        Returns:
            `pose` (N, 3) in degrees, `rotation` (N, 3, 3) and the `landmarks`.
        """
        landmarks = outputs['landmarks']
        found = dict(self.pose(landmarks), landmarks=landmarks)
        return {name: value.to(landmarks.dtype) for name, value in found.items()}
