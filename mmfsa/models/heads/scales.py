"""Positive numbers, and how unsure a head is: its scales."""

import math

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch import Tensor

LEAST = 1e-6
# Diagonal first, then row by row below it, then a zero: where each entry comes from.
LAYOUT = (0, 6, 6, 3, 1, 6, 4, 5, 2)


def positive(x: Tensor) -> Tensor:
    """e to the power of x where x is below 0, x + 1 above: smooth, and above 0.

    >>> positive(torch.tensor([0.0, 1.5]))
    tensor([1.0000, 2.5000])
    """
    return F.elu(x) + 1


class TriangularScales(nn.Module):
    """Lower triangular matrices L of Gaussians with the covariances L·Lᵀ.

    Args:
        in_features: Length of a sample's features.
    """

    def __init__(self, in_features: int) -> None:
        super().__init__()
        self.linear = nn.Linear(in_features, 7)  # a factor of all, and six entries

    def forward(self, features: Tensor) -> Tensor:
        """Features (N, in_features) to matrices (N, 3, 3), their diagonals above 0."""
        factor, diagonal, below = self.linear(features).split([1, 3, 3], dim=1)
        diagonal = positive(factor) * positive(diagonal) + LEAST
        zero = 0 * factor  # OpenCV runs no `tril`
        entries = torch.cat([diagonal, positive(factor) * below, zero], dim=1)
        return entries[:, LAYOUT].unflatten(1, (3, 3))


class ConstantScales(nn.Module):
    """Standard deviations that are learned, and the same for all faces.

    Args:
        length: How many.
    """

    def __init__(self, length: int) -> None:
        super().__init__()
        self.hidden = nn.Parameter(torch.zeros(length + 1))

    def forward(self) -> Tensor:
        """(length,) above 0."""
        return positive(self.hidden[:1]) * positive(self.hidden[1:]) + LEAST


def covariance(scales: Tensor) -> Tensor:
    """L·Lᵀ of lower triangular matrices L (N, 3, 3)."""
    return scales @ scales.transpose(1, 2)


def spread_in_degrees(scales: Tensor) -> Tensor:
    """The covariance in square degrees of scales (N, 3, 3) in radians."""
    return covariance(scales * (180 / math.pi))
