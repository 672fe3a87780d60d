"""Gaussians of standard deviations or triangular scales, and what to do about outliers."""

import math

import torch
from torch import Tensor


def negative_log_density(error: Tensor, scales: Tensor) -> Tensor:
    """−log of the density of a Gaussian around 0.

    Args:
        error: (N, 3).
        scales: (N, 3, 3) lower triangular L of the covariance L·Lᵀ, its diagonal above 0.

    Returns:
        (N,)

    >>> negative_log_density(torch.zeros(1, 3), torch.eye(3)[None])
    tensor([2.7568])
    """
    whitened = torch.linalg.solve_triangular(scales, error[..., None], upper=False)
    volume = scales.diagonal(dim1=-2, dim2=-1).log().sum(-1)
    constant = error.shape[-1] / 2 * math.log(2 * math.pi)
    return whitened.square().sum((-2, -1)) / 2 + volume + constant


def with_outliers(nll: Tensor, share: float, volume: float) -> Tensor:
    """−log of a density of which a share is spread evenly: no error costs all.

    Args:
        nll: (N,) −log of the other part's density.
        share: The share that is spread evenly, 0 to 1.
        volume: Over which volume it is.
    """
    if not share:
        return nll
    even = torch.full_like(nll, math.log(share / volume))
    return -torch.logaddexp(math.log(1 - share) - nll, even)
