"""Regression of the rotation in 6D (Zhou et al., CVPR 2019).

Euler angles jump where a head turns beyond ±90 degrees of yaw; the first two columns of
the rotation matrix do not.
"""

from typing import ClassVar

import torch.nn as nn
from torch import Tensor

from mmfsa.registry import MODELS
from mmfsa.structures import rotation_6d_to_matrix

from ..init import GLOROT_UNIFORM
from .base_head import BaseHead, as_vector, decoded_rotation

FRONTAL = 1, 0, 0, 0, 1, 0  # the 6D representation of a face that looks into the camera


@MODELS.register_module()
class Rotation6DHead(BaseHead):
    """One linear layer to the 6D representation of the head's rotation.

    The layer gives the difference from a face that looks into the camera.

    Args:
        in_features: Length of a sample's features, K·c' of V by default.
        frame: The frame in which the layer speaks, see
            :func:`~mmfsa.structures.rotation.change_frame`; ours by default.
        init_cfg: Weight initialisation.
    """

    default_loss: ClassVar[dict] = dict(type='mmfsa.GeodesicLoss')

    def __init__(
        self,
        in_features: int = 48,
        frame: str | None = None,
        init_cfg: dict | None = GLOROT_UNIFORM,
    ) -> None:
        super().__init__(init_cfg)
        self.in_features = in_features
        self.frame = frame
        self.linear = nn.Linear(in_features, 6)

    def forward(self, features: Tensor | list[Tensor]) -> dict[str, Tensor]:
        """
        Args:
            features: See :func:`~mmfsa.models.heads.base_head.as_vector`.

        Returns:
            `rotation_6d` (N, 6), the first two columns of the rotation, not yet
            orthonormal.

        Raises:
            ValueError: If the features are not `in_features` for each sample.
        """
        difference = self.linear(as_vector(features, self.in_features))
        frontal = difference.new_tensor(FRONTAL)
        return dict(rotation_6d=frontal + difference)

    def decode(self, outputs: dict[str, Tensor]) -> dict[str, Tensor]:
        """The rotation and its pose, see
        :func:`~mmfsa.models.heads.base_head.decoded_rotation`.
        """
        matrix = rotation_6d_to_matrix(outputs['rotation_6d'])
        return decoded_rotation(matrix, self.frame)
