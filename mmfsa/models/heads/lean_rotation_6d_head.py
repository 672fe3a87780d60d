"""The 6D head for export: the rotation and its angles from operations that OpenCV runs."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch
import torch.nn as nn
from torch import Tensor

from mmfsa.structures.rotation import DEGREE

from .base_head import as_vector
from .scales import spread_in_degrees

if TYPE_CHECKING:
    from .rotation_6d_head import Rotation6DHead


class LeanRotation6DHead(nn.Module):
    """:class:`.rotation_6d_head.Rotation6DHead`, whose frame must be ours.

    Every value keeps a batch axis and one of columns. The four quadrants of an angle come
    from signs.

    Args:
        head: The head whose place it takes.
        frontal: What its last layer gives the difference from.
    """

    def __init__(self, head: 'Rotation6DHead', frontal: tuple[float, ...]) -> None:
        super().__init__()
        self.in_features = head.in_features
        self.hidden = head.hidden
        self.linear = head.linear
        self.linear.bias += torch.tensor(frontal).to(self.linear.bias)
        self.scales = head.scales
        self.spread_factor = head.spread_factor
        self.offset = head.offset

    def forward(self, features: Tensor | list[Tensor]) -> dict[str, Tensor]:
        """The `pose` (N, 3) and `rotation` (N, 3, 3) of what the head takes; `spread` and
        `crop_offset` where the head says them."""
        seen = as_vector(features, self.in_features)
        vector = self.hidden(seen)
        first, second = self.linear(vector).split(3, dim=1)
        first = _unit(first)
        second = _unit(second - (first * second).sum(1, keepdim=True) * first)
        x, y = first.split(1, dim=1), second.split(1, dim=1)
        z = [x[i - 2] * y[i - 1] - x[i - 1] * y[i - 2] for i in range(3)]
        columns = torch.cat([first, second, *z], dim=1).unflatten(1, (3, 3))
        outputs = dict(pose=_angles(x, y, z), rotation=columns.transpose(1, 2))
        if self.scales is not None:
            scales = self.spread_factor * self.scales(vector)
            outputs['spread'] = spread_in_degrees(scales)
        if self.offset is not None:
            outputs['crop_offset'] = self.offset(seen)
        return outputs

    def decode(self, outputs: dict[str, Tensor]) -> dict[str, Tensor]:
        """What `forward` gives is what the head says."""
        return outputs


def _unit(vectors: Tensor) -> Tensor:
    return vectors / (vectors * vectors).sum(1, keepdim=True).sqrt()


def _angles(x: Sequence[Tensor], y: Sequence[Tensor], z: Sequence[Tensor]) -> Tensor:
    """Yaw, pitch and roll (N, 3) in degrees of a rotation's columns, three (N, 1) each:
    those of `unfold_yaw(matrix_to_pose(…))`, whose pitch is within ±90."""
    _, x1, x2 = x
    _, y1, y2 = y
    z0, z1, z2 = z
    pitch = (z1 / z2).atan()
    cos, sin = pitch.cos(), pitch.sin()
    # The pitch undone, Ry(yaw) · Rz(roll) is left.
    yaw = _quadrants(z0, sin * z1 + cos * z2)
    roll = _quadrants(cos * x1 - sin * x2, cos * y1 - sin * y2)
    return torch.cat([yaw, pitch / DEGREE, roll], dim=1)


def _quadrants(sine: Tensor, cosine: Tensor) -> Tensor:
    """The angle in degrees, in [−180, 180], with these two up to a scale."""
    behind = (1 - cosine.sign()) / 2
    return (sine / cosine).atan() / DEGREE + 180 * behind * sine.sign()
