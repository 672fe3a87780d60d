"""68 points of a deformable face, which OpNet learns beside the pose."""

import torch
import torch.nn as nn
from torch import Tensor

from mmfsa.registry import MODELS
from mmfsa.structures import quaternion_to_matrix

from ..heads.scales import ConstantScales
from .pose_offset import LocalPoseOffset

NUM_POINTS = 68


@MODELS.register_module()
class FacePoints(nn.Module):
    """Shape parameters, and where they and the pose put the points of a face.

    The points of the mean face and their changes belong to the Basel Face Model, which
    users get from its authors: put both tensors into the checkpoint that training starts
    from. They are 0 until then.

    Args:
        in_features: Length of a sample's features.
        num_shapes: Shape parameters.
        offset: Learn an offset of its own, beside that of the pose.

    Attributes:
        mean: (68, 3) the points of the mean face, in sizes of the head.
        basis: (num_shapes, 68, 3) how each parameter moves them.
    """

    def __init__(
        self, in_features: int = 1024, num_shapes: int = 50, offset: bool = True
    ) -> None:
        super().__init__()
        self.linear = nn.Linear(in_features, num_shapes)
        self.offset = LocalPoseOffset() if offset else None
        self.scales = ConstantScales(NUM_POINTS)
        self.register_buffer('mean', torch.zeros(NUM_POINTS, 3))
        self.register_buffer('basis', torch.zeros(num_shapes, NUM_POINTS, 3))

    def forward(
        self, features: Tensor, quaternion: Tensor, place: Tensor
    ) -> dict[str, Tensor]:
        """
        Args:
            features: (N, in_features).
            quaternion: (N, 4) unit quaternions of the heads, before any offset.
            place: (N, 3) their x, y and size, before any offset.

        Returns:
            `shape` (N, num_shapes); `points` (N, 68, 3) in the crop's units, z from the
            head's centre; `points_scales` (N, 68, 3), their standard deviations.
        """
        if self.offset is not None:
            quaternion, place = self.offset(quaternion, place)
        shape = self.linear(features)
        points = self.mean + torch.einsum('ns,spc->npc', shape, self.basis)
        rotation = quaternion_to_matrix(quaternion)
        points = points @ rotation.transpose(1, 2) * place[:, None, 2:]
        centre = torch.cat([place[:, :2], torch.zeros_like(place[:, :1])], dim=1)
        points = points + centre[:, None]
        scales = self.scales()[:, None].expand_as(points)
        return dict(shape=shape, points=points, points_scales=scales)
