"""Likelihood of the matrix Fisher distribution (Mohlin et al., NeurIPS 2020)."""

from collections.abc import Mapping

import torch
from torch import Tensor

from mmfsa.registry import MODELS

from .base_loss import BaseLoss, weighted_mean
from .labels import Labels

POINTS = 512  # of the quadrature, as in SemiUHPE


@MODELS.register_module()
class MatrixFisherLoss(BaseLoss):
    """The mean of k · log c(A) − tr(Aᵀ R) over the faces, as `loss`.

    It takes the `fisher` A (N, 3, 3) of a :class:`MatrixFisherHead`. Of a face's three
    weights the mean counts.

    Args:
        regularization: The factor k of the logarithm. Above 1 it keeps the distribution
            wider than the labels ask for; SemiUHPE trains with 1.025.
    """

    needs = ('fisher',)

    def __init__(self, regularization: float = 1.025) -> None:
        super().__init__()
        self.regularization = regularization

    def compare(
        self, outputs: Mapping[str, Tensor], labels: Labels
    ) -> dict[str, Tensor]:
        fisher = outputs['fisher']
        fisher = fisher.to(torch.promote_types(fisher.dtype, torch.float32))
        agreement = (fisher * labels.rotation.to(fisher)).sum(dim=(1, 2))
        cost = self.regularization * log_normalizer(fisher) - agreement
        return dict(loss=weighted_mean(cost, labels.weight.mean(dim=1)))


def log_normalizer(fisher: Tensor) -> Tensor:
    """The logarithm of c(A), which makes exp(tr(Aᵀ R)) / c(A) a distribution.

    With the singular values s1 ≥ s2 ≥ |s3|, s3 with the sign of det A, and the modified
    Bessel function I0 (Lee, IEEE TAC 2018, Theorem 3.3)::

        c = 1/2 ∫ I0((s2 − s3)(1 − u)/2) · I0((s2 + s3)(1 + u)/2) · exp(s1 · u) du

    from −1 to 1, by the trapezoidal rule.

    Args:
        fisher: (..., 3, 3) matrices A.

    Returns:
        (...) numbers; 0 for A = 0.
    """
    s1, s2, s3 = torch.linalg.svdvals(fisher).unbind(-1)
    s3 = torch.where(torch.linalg.det(fisher) < 0, -s3, s3)
    u = torch.linspace(-1, 1, POINTS, dtype=fisher.dtype, device=fisher.device)
    first = (s2 - s3)[..., None] * (1 - u) / 2
    second = (s2 + s3)[..., None] * (1 + u) / 2
    # I0 is exp times a small number. The exponents add up to s2 + (s1 + s3) · u, whose
    # largest value, at u = 1, goes before the integral.
    bessel = torch.special.i0e(first) * torch.special.i0e(second)
    values = bessel * torch.exp((s1 + s3)[..., None] * (u - 1))
    return s1 + s2 + s3 + torch.log(torch.trapezoid(values, u, dim=-1) / 2)
