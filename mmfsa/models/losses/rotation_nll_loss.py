"""Likelihood of a rotation under a Gaussian of its rotation vector."""

import math
from collections.abc import Mapping

from torch import Tensor

from mmfsa.registry import MODELS
from mmfsa.structures import matrix_to_rotation_vector

from .base_loss import BaseLoss, rotation_of, weighted_mean
from .gaussian import negative_log_density, with_outliers
from .labels import Labels

VOLUME = 4 / 3 * math.pi * math.pi**3  # of all rotation vectors


@MODELS.register_module()
class RotationNLLLoss(BaseLoss):
    """−log of the density of the labelled rotation, as `loss` (Welter, 2024).

    A head says `rotation` R (N, 3, 3), or a `pose` in its place, and `rotation_scales`
    L (N, 3, 3), lower triangular, in radians: the rotation vector of R⁻¹ times the label,
    which is about the head's own axes, has a Gaussian with the covariance L·Lᵀ. Of a
    face's three weights the mean counts.

    Args:
        outliers: The share of labels that may be any rotation.
    """

    needs = ('rotation_scales',)

    def __init__(self, outliers: float = 0.001) -> None:
        super().__init__()
        self.outliers = outliers

    def compare(
        self, outputs: Mapping[str, Tensor], labels: Labels
    ) -> dict[str, Tensor]:
        rotation = rotation_of(outputs)
        turn = rotation.transpose(1, 2) @ labels.rotation.to(rotation)
        error = matrix_to_rotation_vector(turn)
        nll = negative_log_density(error, outputs['rotation_scales'])
        nll = with_outliers(nll, self.outliers, VOLUME)
        return dict(loss=weighted_mean(nll, labels.weight.mean(dim=1)))
