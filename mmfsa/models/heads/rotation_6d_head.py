"""Regression of the rotation in 6D (Zhou et al., CVPR 2019).

Euler angles jump where a head turns beyond ±90 degrees of yaw; the first two columns of
the rotation matrix do not.
"""

from collections.abc import Sequence
from typing import ClassVar

import torch.nn as nn
from torch import Tensor

from mmfsa.registry import MODELS
from mmfsa.structures import rotation_6d_to_matrix

from ..init import GLOROT_UNIFORM
from .base_head import BaseHead, as_vector, decoded_rotation, hidden_layers
from .lean_rotation_6d_head import LeanRotation6DHead
from .scales import TriangularScales, spread_in_degrees

FRONTAL = 1, 0, 0, 0, 1, 0  # the 6D representation of a face that looks into the camera


@MODELS.register_module()
class Rotation6DHead(BaseHead):
    """Linear layers to the 6D representation of the head's rotation.

    The last layer gives the difference from a face that looks into the camera.

    Args:
        in_features: Length of a sample's features, K·c' of V by default.
        hidden: Lengths of the layers before the last; a ReLU follows each.
        frame: The frame in which the last layer speaks, see
            :func:`~mmfsa.structures.rotation.change_frame`; ours by default.
        spread: Also say how unsure the pose is: one linear layer to the covariance of the
            rotation vector, about the head's own axes.
        spread_factor: What `decode` multiplies the spread by: how much larger errors are
            than on the faces that taught it.
        offset: Also say where the crop should lie, see `crop_offset` of
            :meth:`.base_head.BaseHead.decode`: one linear layer on all features. No loss
            trains it; :func:`mmfsa.engine.offset_fitting.fit_offset` solves for it.
        init_cfg: Weight initialisation.
    """

    default_loss: ClassVar[dict] = dict(type='mmfsa.GeodesicLoss')

    def __init__(
        self,
        in_features: int = 48,
        hidden: Sequence[int] = (),
        frame: str | None = None,
        spread: bool = False,
        spread_factor: float = 1.0,
        offset: bool = False,
        init_cfg: dict | None = GLOROT_UNIFORM,
    ) -> None:
        super().__init__(init_cfg)
        self.in_features = in_features
        self.frame = frame
        self.hidden, length = hidden_layers(in_features, hidden)
        self.linear = nn.Linear(length, 6)
        self.scales = TriangularScales(length) if spread else None
        self.spread_factor = spread_factor
        self.offset = nn.Linear(in_features, 3) if offset else None

    def forward(self, features: Tensor | list[Tensor]) -> dict[str, Tensor]:
        """
        Args:
            features: See :func:`~mmfsa.models.heads.base_head.as_vector`.

        Returns:
            `rotation_6d` (N, 6), the first two columns of the rotation, not yet
            orthonormal; with a spread, also `rotation_scales` (N, 3, 3), lower triangular,
            in radians; with an offset, also `crop_offset` (N, 3).

        Raises:
            ValueError: If the features are not `in_features` for each sample.
        """
        seen = as_vector(features, self.in_features)
        vector = self.hidden(seen)
        difference = self.linear(vector)
        frontal = difference.new_tensor(FRONTAL)
        outputs = dict(rotation_6d=frontal + difference)
        if self.scales is not None:
            outputs['rotation_scales'] = self.scales(vector)
        if self.offset is not None:
            outputs['crop_offset'] = self.offset(seen)
        return outputs

    def decode(self, outputs: dict[str, Tensor]) -> dict[str, Tensor]:
        """The rotation and its pose, see
        :func:`~mmfsa.models.heads.base_head.decoded_rotation`; with scales, also `spread`
        (N, 3, 3) in square degrees; `crop_offset` as it is.
        """
        matrix = rotation_6d_to_matrix(outputs['rotation_6d'])
        decoded = decoded_rotation(matrix, self.frame)
        if 'rotation_scales' in outputs:
            scales = self.spread_factor * outputs['rotation_scales']
            decoded['spread'] = spread_in_degrees(scales)
        if 'crop_offset' in outputs:
            decoded['crop_offset'] = outputs['crop_offset']
        return decoded

    def lean(self) -> nn.Module:
        """The same from operations that OpenCV runs, see
        :mod:`.lean_rotation_6d_head`."""
        return LeanRotation6DHead(self, FRONTAL) if self.frame is None else self
