"""The head of TriNet: three vectors, which are columns of the rotation (Section 3)."""

from typing import ClassVar

import torch
import torch.nn as nn
from torch import Tensor

from mmfsa.registry import MODELS
from mmfsa.structures import matrix_to_pose, nearest_rotation, unfold_yaw

from ..heads.base_head import BaseHead, check_vectors
from ..init import GLOROT_UNIFORM


@MODELS.register_module()
class VectorHead(BaseHead):
    """Each stage says where on a scale a coordinate is, and the stages' mean counts.

    Stage k has 3^k bins for each coordinate, from −1 to 1. A sigmoid says how much of
    each bin counts. The vectors are neither of length 1 nor orthogonal.

    Args:
        num_stages: Number K of stages.
        in_channels: Channels c' of a stage's vector V_k.
        num_vectors: Number of vectors.
        init_cfg: Weight initialisation.
    """

    default_loss: ClassVar[dict] = dict(type='mmfsa.VectorLoss')

    def __init__(
        self,
        num_stages: int = 3,
        in_channels: int = 16,
        num_vectors: int = 3,
        init_cfg: dict | None = GLOROT_UNIFORM,
    ) -> None:
        super().__init__(init_cfg)
        self.in_shape = (num_vectors, num_stages, in_channels)
        bins = [3 ** (k + 1) for k in range(num_stages)]
        self.bins = nn.ModuleList(
            nn.ModuleList(nn.Linear(in_channels, 3 * num) for num in bins)
            for _ in range(num_vectors)
        )

    def forward(self, V: Tensor) -> dict[str, Tensor]:
        """
        Args:
            V: What each neck gives, (N, 3, K, c').

        Returns:
            `vectors` (N, 3, 3): column i is vector i.

        Raises:
            ValueError: If V has another shape.
        """
        check_vectors(V, self.in_shape)
        vectors = []
        for stages, layers in zip(V.unbind(1), self.bins, strict=True):
            coordinates = [
                _coordinates(layer(v).sigmoid().unflatten(1, (3, -1)))
                for v, layer in zip(stages.unbind(1), layers, strict=True)
            ]
            vectors.append(torch.stack(coordinates).mean(dim=0))
        return dict(vectors=torch.stack(vectors, dim=2))

    def decode(self, outputs: dict[str, Tensor]) -> dict[str, Tensor]:
        """The rotation nearest to the vectors, and its pose.

        A rotation has two poses. This is the one with the pitch in [−90, 90] degrees; yaw
        and roll are in [−180, 180].
        """
        rotation = nearest_rotation(outputs['vectors'])
        return dict(pose=unfold_yaw(matrix_to_pose(rotation)), rotation=rotation)


def _coordinates(p: Tensor) -> Tensor:
    """(N, 3) coordinates of what the bins (N, 3, bins) weigh."""
    middle = (p.shape[2] - 1) / 2
    bins = torch.arange(p.shape[2], dtype=p.dtype, device=p.device)
    return (p * ((bins - middle) / middle)).sum(dim=2)
