"""The pose that landmarks have in weak perspective, as a part of a network."""

from collections.abc import Mapping

import numpy as np
import torch
import torch.nn as nn
from torch import Tensor

from mmfsa.landmarks import HeadPoints
from mmfsa.structures import matrix_to_pose, rows_to_matrix, unfold_yaw


class LandmarkPose(nn.Module):
    """Landmarks to a rotation, in closed form (:func:`mmfsa.landmarks.weak_perspective`).

    Args:
        points: The :class:`~mmfsa.landmarks.HeadPoints`, or their settings.
    """

    def __init__(self, points: HeadPoints | Mapping | None = None) -> None:
        super().__init__()
        if not isinstance(points, HeadPoints):
            points = HeadPoints(**(points or {}))
        self.points = points
        # The least-squares map from points about their mean is a product with this.
        inverse = np.linalg.pinv(points.xyz - points.xyz.mean(0)).T
        inverse = torch.from_numpy(inverse.copy()).float()
        self.register_buffer('inverse', inverse, persistent=False)
        index = torch.from_numpy(points.index)
        self.register_buffer('index', index, persistent=False)

    def forward(self, landmarks: Tensor) -> dict[str, Tensor]:
        """
        Args:
            landmarks: (N, K, 2) x and y in any unit, the same for both.

        Returns:
            `pose` (N, 3) in degrees and `rotation` (N, 3, 3), float32.
        """
        seen = landmarks[:, self.index].float()
        # No matrix product: autocast would make one in half precision.
        rows = (seen[..., None] * self.inverse.float()[:, None]).sum(dim=1)
        rotation = rows_to_matrix(rows)
        return dict(pose=unfold_yaw(matrix_to_pose(rotation)), rotation=rotation)
