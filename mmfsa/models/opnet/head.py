"""OpNet's head: rotation, place and box of a head, and how sure it is."""

import math
from typing import ClassVar

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch import Tensor

from mmfsa.registry import MODELS
from mmfsa.structures import matrix_to_pose, quaternion_to_matrix, unfold_yaw

from ..heads.base_head import BaseHead, as_vector
from ..heads.scales import (
    ConstantScales,
    TriangularScales,
    covariance,
    positive,
    spread_in_degrees,
)
from .pose_offset import LocalPoseOffset


@MODELS.register_module()
class OpNetHead(BaseHead):
    """Linear layers to a quaternion, to a place and to a box, each with its spread.

    Places, sizes and boxes are in the crop's units: −1 to 1 from the left (upper) edge
    of the crop to the right (lower) one. A size of 1 is half the crop's width.

    Args:
        in_features: Length of a sample's features.
        dropout: Probability that training leaves out a feature.
        offset: Learn an offset of turn, place and size, see
            :class:`~.pose_offset.LocalPoseOffset`.
        points: Config of a part that also says the points of the face, such as
            :class:`~.face_points.FacePoints`. It is there for training only.
        init_cfg: Weight initialisation.
    """

    default_loss: ClassVar[dict] = dict(
        type='mmfsa.SumLoss',
        parts=dict(
            rotation=dict(type='mmfsa.QuaternionLoss'),
            rotation_nll=dict(type='mmfsa.RotationNLLLoss', weight=0.005),
        ),
    )

    def __init__(
        self,
        in_features: int = 1024,
        dropout: float = 0.5,
        offset: bool = True,
        points: dict | None = None,
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(init_cfg)
        self.in_features = in_features
        self.dropout = nn.Dropout(dropout)
        self.quaternion = nn.Linear(in_features, 4)
        self.rotation_scales = TriangularScales(in_features)
        self.centre = nn.Linear(in_features, 2)
        self.size = nn.Linear(in_features, 1)
        self.place_scales = TriangularScales(in_features)
        self.box = nn.Linear(in_features, 4)
        self.box_scales = ConstantScales(4)
        self.offset = LocalPoseOffset() if offset else None
        if points is not None:
            points = MODELS.build(dict(points, in_features=in_features, offset=offset))
        self.points = points
        self._begin_in_the_middle()

    @torch.no_grad()
    def _begin_in_the_middle(self) -> None:
        """Biases of half a head in the crop's middle, and of a real part of 0.1."""
        self.quaternion.bias[3] = math.log(0.1)
        self.size.bias.fill_(0.5)
        self.box.bias.copy_(torch.tensor([0.0, 0.0, 0.5, 0.5]))
        for scales in (self.rotation_scales, self.place_scales):
            scales.linear.bias.zero_()

    def forward(self, features: Tensor | list[Tensor]) -> dict[str, Tensor]:
        """
        Args:
            features: See :func:`~mmfsa.models.heads.base_head.as_vector`.

        Returns:
            `quaternion` (N, 4), of length 1, x, y, z, w; `quaternion_length` (N,) before
            it was made 1; `place` (N, 3), x, y and size; `box` (N, 4), x1, y1, x2, y2;
            lower triangular `rotation_scales`, of the rotation vector in radians, and
            `place_scales` (N, 3, 3); `box_scales` (N, 4), standard deviations; and what
            `points` says.

        Raises:
            ValueError: If the features are not `in_features` for each sample.
        """
        features = self.dropout(as_vector(features, self.in_features))
        vector, real = self.quaternion(features).split([3, 1], dim=1)
        raw = torch.cat([vector, positive(real)], dim=1)
        place = torch.cat([self.centre(features), positive(self.size(features))], dim=1)
        centre, half = self.box(features).split(2, dim=1)
        box = torch.cat([centre - positive(half), centre + positive(half)], dim=1)
        quaternion = F.normalize(raw, dim=1, eps=1e-6)
        found = quaternion, place
        if self.offset is not None:
            found = self.offset(quaternion, place)
        outputs = dict(
            quaternion=found[0],
            quaternion_length=raw.norm(dim=1),
            place=found[1],
            box=box,
            rotation_scales=self.rotation_scales(features),
            place_scales=self.place_scales(features),
            box_scales=self.box_scales().expand_as(box),
        )
        if self.points is not None and self.training:
            outputs |= self.points(features, quaternion, place)
        return outputs

    def decode(self, outputs: dict[str, Tensor]) -> dict[str, Tensor]:
        """The pose and its rotation, and what else the head says of the crop.

        Returns:
            `pose` (N, 3) in degrees, `rotation` (N, 3, 3), `spread` (N, 3, 3): the
            covariance of the rotation vector about the head's own axes in square
            degrees; and in the crop's units `place` (N, 3), x, y and size of the head,
            `place_spread` (N, 3, 3), their covariance, and `head_box` (N, 4).
        """
        rotation = quaternion_to_matrix(outputs['quaternion'])
        return dict(
            pose=unfold_yaw(matrix_to_pose(rotation)),
            rotation=rotation,
            spread=spread_in_degrees(outputs['rotation_scales']),
            place=outputs['place'],
            place_spread=covariance(outputs['place_scales']),
            head_box=outputs['box'],
        )
