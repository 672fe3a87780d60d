"""Losses of whatever a head says beside the pose: any output against its own label."""

import math
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from mmfsa.registry import MODELS

from .base_loss import BaseLoss, weighted_mean
from .gaussian import negative_log_density, with_outliers
from .labels import Labels


class OutputLoss(BaseLoss):
    """Compares one output with the label of the same name.

    Faces without such a label do not count; where no face of a batch has one, the loss is
    0. Of a face's three weights the mean counts.

    Args:
        output: The name of the output, (N, …).
        columns: Which columns of it count; all by default.
        target: A number that the output should be, in place of a label.
        weights: A factor for each row of an output (N, rows, …), such as a face's points.
    """

    def __init__(
        self,
        output: str,
        columns: Sequence[int] | None = None,
        target: float | None = None,
        weights: Sequence[float] | None = None,
    ) -> None:
        super().__init__()
        self.output = output
        self.needs = (output,)
        self.columns = columns
        self.target = target
        self.weights = weights

    def compare(
        self, outputs: Mapping[str, Tensor], labels: Labels
    ) -> dict[str, Tensor]:
        found = outputs[self.output]
        if self.target is not None:
            label = torch.full_like(found, self.target)
        elif self.output in labels.others:
            label = labels.others[self.output].to(found)
        else:
            return dict(loss=0 * found.sum())
        known = (
            label.isfinite().flatten(1).all(1)
            if label.dim() > 1
            else (label.isfinite())
        )
        error = torch.where(_like(known, found), found - label.nan_to_num(), 0)
        if self.columns is not None:
            error = error[..., list(self.columns)]
        cost = self.cost(error, outputs)
        if self.weights is not None:
            factors = cost.new_tensor(self.weights)
            cost = cost * factors.view(-1, *[1] * (cost.dim() - 2))
        if cost.dim() > 1:
            cost = cost.flatten(1).mean(1)
        weight = labels.weight.mean(dim=1) * known
        return dict(loss=weighted_mean(cost, weight))

    def cost(self, error: Tensor, outputs: Mapping[str, Tensor]) -> Tensor:
        """The costs (N,) or (N, …) of errors (N, …)."""
        raise NotImplementedError


@MODELS.register_module()
class OutputL2Loss(OutputLoss):
    """The mean squared error of an output, as `loss`; see :class:`OutputLoss`."""

    def cost(self, error: Tensor, outputs: Mapping[str, Tensor]) -> Tensor:  # noqa: ARG002
        return error.square()


@MODELS.register_module()
class OutputWingLoss(OutputLoss):
    """The wing loss of landmarks, as `loss` (Feng et al., CVPR 2018, Eq. 5).

    Small errors count more than in the absolute error: below `width` w an error e costs
    w·ln(1 + |e|/`curvature`), above it as much more as it is larger.

    Args:
        output: The name of the output, (N, …).
        width: Where the absolute error begins, in the output's units. The paper's 10
            pixels of 256 are 0.04 of a crop.
        curvature: The smaller, the more the smallest errors count; the paper's 2 pixels.
        **others: Further arguments of :class:`OutputLoss`.
    """

    def __init__(
        self, output: str, width: float = 0.04, curvature: float = 0.008, **others
    ) -> None:
        super().__init__(output, **others)
        self.width = width
        self.curvature = curvature

    def cost(self, error: Tensor, outputs: Mapping[str, Tensor]) -> Tensor:  # noqa: ARG002
        size = error.abs()
        near = self.width * torch.log1p(size / self.curvature)
        step = self.width - self.width * math.log1p(self.width / self.curvature)
        return torch.where(size < self.width, near, size - step)


@MODELS.register_module()
class OutputNLLLoss(OutputLoss):
    """−log of the density of the label under a Gaussian, as `loss`.

    Args:
        output: The name of the output, (N, …).
        scales: The name of its scales, `OUTPUT_scales` by default: standard deviations
            (N, …), or lower triangular matrices (N, 3, 3) of an output (N, 3).
        outliers: The share of labels that may lie anywhere (triangular scales only).
        volume: In which volume they may lie.
        **others: Further arguments of :class:`OutputLoss`.
    """

    def __init__(
        self,
        output: str,
        scales: str | None = None,
        outliers: float = 0.0,
        volume: float = 1.0,
        **others,
    ) -> None:
        super().__init__(output, **others)
        self.scales = scales or f'{output}_scales'
        self.needs = (output, self.scales)
        self.outliers = outliers
        self.volume = volume

    def cost(self, error: Tensor, outputs: Mapping[str, Tensor]) -> Tensor:
        scales = outputs[self.scales]
        if scales.dim() > error.dim():
            nll = negative_log_density(error, scales)
            return with_outliers(nll, self.outliers, self.volume)
        return (error / scales).square() / 2 + scales.log() + math.log(2 * math.pi) / 2


def _like(known: Tensor, found: Tensor) -> Tensor:
    return known.view(-1, *[1] * (found.dim() - 1))
