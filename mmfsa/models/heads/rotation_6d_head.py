"""Regression of the rotation in 6D (Zhou et al., CVPR 2019).

Euler angles jump where a head turns beyond ±90 degrees of yaw; the first two columns of
the rotation matrix do not.
"""

import torch.nn as nn
from torch import Tensor

from mmfsa.registry import MODELS
from mmfsa.structures import (
    HeadPoseDataSample,
    geodesic_distance,
    matrix_to_pose,
    pose_to_matrix,
    rotation_6d_to_matrix,
    unfold_yaw,
)

from ..init import GLOROT_UNIFORM
from .base_head import BaseHead, as_vector, labels, weighted_mean


@MODELS.register_module()
class Rotation6DHead(BaseHead):
    """One linear layer to the 6D representation of the head's rotation.

    The layer gives the difference from a face that looks into the camera.

    Args:
        in_features: Length of a sample's features, K·c' of V by default.
        init_cfg: Weight initialisation.
    """

    def __init__(
        self, in_features: int = 48, init_cfg: dict | None = GLOROT_UNIFORM
    ) -> None:
        super().__init__(init_cfg)
        self.in_features = in_features
        self.linear = nn.Linear(in_features, 6)

    def forward(self, features: Tensor | list[Tensor]) -> Tensor:
        """
        Args:
            features: See :func:`~mmfsa.models.heads.base_head.as_vector`.

        Returns:
            The pose, (N, 3): yaw and roll in [−180, 180], pitch in [−90, 90] degrees.

        Raises:
            ValueError: If the features are not `in_features` for each sample.
        """
        return unfold_yaw(matrix_to_pose(self.rotation(features)))

    def rotation(self, features: Tensor | list[Tensor]) -> Tensor:
        """The rotation matrices (N, 3, 3) of features."""
        difference = self.linear(as_vector(features, self.in_features))
        frontal = difference.new_tensor([1, 0, 0, 0, 1, 0])
        return rotation_6d_to_matrix(frontal + difference)

    def loss(
        self,
        features: Tensor | list[Tensor],
        data_samples: list[HeadPoseDataSample],
    ) -> dict[str, Tensor]:
        """The mean geodesic distance in degrees.

        Args:
            features: What `forward` takes.
            data_samples: N samples with `gt_pose` and, where some should count less,
                `weight`; of three weights the mean counts.
        """
        rotations = self.rotation(features)
        targets, weights = labels(data_samples, rotations)
        distance = geodesic_distance(rotations, pose_to_matrix(targets))
        return dict(loss=weighted_mean(distance, weights.mean(dim=1)))
