"""The matrix Fisher distribution of rotations (Mohlin et al., NeurIPS 2020).

Nine numbers A say which rotation is the most probable, and how sure that is: the density of
a rotation R is proportional to exp(tr(Aᵀ R)).
"""

import math
from collections.abc import Sequence
from typing import ClassVar

import torch
import torch.nn as nn
from torch import Tensor

from mmfsa.registry import MODELS
from mmfsa.structures import change_frame, nearest_rotation
from mmfsa.structures.rotation import DEGREE

from ..init import GLOROT_UNIFORM
from .base_head import BaseHead, as_vector, decoded_rotation

# The root of the mean square angle between rotations that are all equally probable.
KNOWS_NOTHING = math.sqrt(math.pi**2 / 3 + 2) / DEGREE


@MODELS.register_module()
class MatrixFisherHead(BaseHead):
    """Linear layers to the nine numbers of a matrix Fisher distribution.

    Args:
        in_features: Length of a sample's features.
        hidden: Lengths of the layers before the last; batch norm and ReLU6 follow each.
        dropout: Share of the features that is dropped in training.
        frame: The frame in which the last layer speaks, see
            :func:`~mmfsa.structures.rotation.change_frame`; ours by default.
        init_cfg: Weight initialisation.
    """

    default_loss: ClassVar[dict] = dict(type='mmfsa.MatrixFisherLoss')

    def __init__(
        self,
        in_features: int,
        hidden: Sequence[int] = (),
        dropout: float = 0.0,
        frame: str | None = None,
        init_cfg: dict | None = GLOROT_UNIFORM,
    ) -> None:
        super().__init__(init_cfg)
        self.in_features = in_features
        self.frame = frame
        layers: list[nn.Module] = [nn.Dropout(dropout)]
        for length in hidden:
            layers += [
                nn.Linear(in_features, length),
                nn.BatchNorm1d(length),
                nn.ReLU6(),
            ]
            in_features = length
        self.layers = nn.Sequential(*layers, nn.Linear(in_features, 9))

    def forward(self, features: Tensor | Sequence[Tensor]) -> dict[str, Tensor]:
        """
        Args:
            features: See :func:`~mmfsa.models.heads.base_head.as_vector`.

        Returns:
            `fisher` (N, 3, 3), the matrix A in our frame.

        Raises:
            ValueError: If the features are not `in_features` for each sample.
        """
        numbers = self.layers(as_vector(features, self.in_features))
        fisher = numbers.unflatten(1, (3, 3))
        if self.frame is not None:
            fisher = change_frame(fisher, self.frame)
        return dict(fisher=fisher)

    def decode(self, outputs: dict[str, Tensor]) -> dict[str, Tensor]:
        """The most probable rotation, its pose, and its `spread` (N,) in degrees."""
        fisher = outputs['fisher']
        rotation = nearest_rotation(fisher)
        return dict(decoded_rotation(rotation), spread=spread(fisher, rotation))


def spread(fisher: Tensor, rotation: Tensor) -> Tensor:
    """The root of the mean square angle between rotations and the most probable one.

    The distribution is taken for a Gaussian of the rotation vector, which it is where it
    is narrow. With the singular values s of A, the variances about the three axes are
    1/(s2 + s3), 1/(s1 + s3) and 1/(s1 + s2).

    Args:
        fisher: (N, 3, 3) matrices A.
        rotation: (N, 3, 3) their most probable rotations.

    Returns:
        (N,) degrees, at most 131.8, what it is where all rotations are equally probable.
    """
    sure = rotation.transpose(1, 2) @ fisher  # symmetric, with the singular values
    trace = sure.diagonal(dim1=1, dim2=2).sum(-1)[:, None, None]
    # The inverse of the covariance; the trace of the latter by its minors.
    inverse = trace * torch.eye(3, dtype=sure.dtype, device=sure.device) - sure
    minors = torch.linalg.cross(inverse.roll(-1, dims=1), inverse.roll(-2, dims=1))
    determinant = (inverse * minors).sum(-1).mean(-1)
    variance = minors.diagonal(dim1=1, dim2=2).sum(-1) / determinant.clamp(min=1e-12)
    return (variance.clamp(min=0).sqrt() / DEGREE).clamp(max=KNOWS_NOTHING)
