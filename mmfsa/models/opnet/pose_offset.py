"""OpNet's learned difference between data sets, about a head's axes and centre."""

import torch
import torch.nn as nn
from torch import Tensor

from mmfsa.structures import quaternion_to_matrix

from ..heads.scales import positive


class LocalPoseOffset(nn.Module):
    """Turn, move and resize heads by learned numbers.

    Data sets disagree about what a frontal face and the centre of a head are; the authors
    learn one offset for each. Released files have one left.

    Attributes:
        values: (3,) the turn about the head's x axis in radians, which is also how far
            the centre moves down along the head's y axis (the authors' code uses one
            number for both, and so do their files); how far it moves along the z axis;
            and the factor of the size, before :func:`~.scales.positive`. Moves count in
            sizes of the head.
    """

    def __init__(self) -> None:
        super().__init__()
        self.values = nn.Parameter(torch.zeros(3))

    def forward(self, quaternion: Tensor, place: Tensor) -> tuple[Tensor, Tensor]:
        """
        Args:
            quaternion: (N, 4) unit quaternions, x, y, z, w.
            place: (N, 3) x, y and size of heads.

        Returns:
            The same of the heads as they are turned, moved and resized.
        """
        turn, along_z, resize = self.values.unbind()
        centre, size = place.split([2, 1], dim=1)
        size = size * positive(resize)
        axes = quaternion_to_matrix(quaternion)[:, :2]  # the rows x and y of the matrix
        centre = centre + size * (turn * axes[..., 1] + along_z * axes[..., 2])
        sine, cosine = (turn / 2).sin(), (turn / 2).cos()
        x, y, z, w = quaternion.unbind(1)
        turned = [
            w * sine + x * cosine,
            y * cosine + z * sine,
            z * cosine - y * sine,
            w * cosine - x * sine,
        ]
        return torch.stack(turned, dim=1), torch.cat([centre, size], dim=1)
