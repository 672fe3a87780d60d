"""Soft stagewise regression (Section 3.2, Equation 2; SSR-Net, IJCAI 2018)."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
import torch.nn as nn
from torch import Tensor

from mmfsa.registry import MODELS

from ..init import GLOROT_UNIFORM
from .base_head import BaseHead


class StageParameters(NamedTuple):
    """The outputs of one stage.

    Attributes:
        p: What the bins weigh, (N, angles, bins). Not a distribution: the released code
            has a ReLU where the paper has probabilities.
        eta: Shift of the bins' centres, (N, angles). One number per angle and stage;
            the paper has one per bin.
        delta: Scaling of the bins' width, (N, angles).
    """

    p: Tensor
    eta: Tensor
    delta: Tensor


def soft_stagewise_regression(
    stages: Sequence[StageParameters], angle_range: float, lambda_: float = 1.0
) -> Tensor:
    """Equation 2: the sum over the stages of their expected values.

    Stage k divides each bin of stage k - 1 into finer ones; the bins' centres are
    …, -1, 0, 1, … bin widths. The denominators have no epsilon, as in the released code.

    Args:
        stages: The parameters of every stage, from coarse to fine.
        angle_range: Degrees that the number 1 stands for.
        lambda_: How far Δ can scale the bins: their number is multiplied by
            (1 + lambda_ · Δ).

    Returns:
        The angles (N, angles) in degrees, not clipped.
    """
    total, width = 0, 1
    for p, eta, delta in stages:
        bins = p.shape[-1]
        centres = torch.arange(bins, dtype=p.dtype, device=p.device) - (bins - 1) / 2
        width = width * bins * (1 + lambda_ * delta)
        total = total + ((centres + eta.unsqueeze(-1)) * p).sum(dim=-1) / width
    return angle_range * total


@MODELS.register_module()
class SSRHead(BaseHead):
    """Soft stagewise regression of a pose from one vector per stage.

    The first quarter of V_k gives Δ_k, the second η_k, the rest p_k, each by one linear
    layer.

    Args:
        num_stages: Number K of stages.
        in_channels: Channels c' of V_k, a multiple of 4.
        num_bins: Bins per stage, one number for all stages or one for each.
        angle_range: Degrees that the number 1 stands for.
        lambda_: See :func:`soft_stagewise_regression`.
        num_angles: Number of angles to regress.
        init_cfg: Weight initialisation.

    Raises:
        ValueError: If `in_channels` is not a multiple of 4, or if the number of stages
            and of `num_bins` differ.
    """

    def __init__(
        self,
        num_stages: int = 3,
        in_channels: int = 16,
        num_bins: int | Sequence[int] = 3,
        angle_range: float = 99.0,
        lambda_: float = 1.0,
        num_angles: int = 3,
        init_cfg: dict | None = GLOROT_UNIFORM,
    ) -> None:
        super().__init__(init_cfg)
        if in_channels % 4:
            raise ValueError(f'in_channels must be a multiple of 4, got {in_channels}')
        self.in_shape = (num_stages, in_channels)
        self.splits = [in_channels // 4, in_channels // 4, in_channels // 2]
        self.num_angles = num_angles
        self.angle_range = angle_range
        self.lambda_ = lambda_
        bins = bins_per_stage(num_bins, num_stages)
        quarter, _, half = self.splits
        self.delta = nn.ModuleList(nn.Linear(quarter, num_angles) for _ in bins)
        self.eta = nn.ModuleList(nn.Linear(quarter, num_angles) for _ in bins)
        self.p = nn.ModuleList(nn.Linear(half, num_angles * b) for b in bins)

    def forward(self, V: Tensor) -> Tensor:
        """
        Args:
            V: One vector per stage, (N, K, c').

        Returns:
            The pose, (N, 3): yaw, pitch, roll in degrees.

        Raises:
            ValueError: If V has another shape.
        """
        return soft_stagewise_regression(
            self.stage_parameters(V), self.angle_range, self.lambda_
        )

    def stage_parameters(self, V: Tensor) -> list[StageParameters]:
        """The K stages' parameters from V (N, K, c')."""
        if tuple(V.shape[1:]) != self.in_shape:
            raise ValueError(
                f'V must be (N, {", ".join(map(str, self.in_shape))}), '
                f'got {tuple(V.shape)}'
            )
        stages = []
        for v, to_p, to_eta, to_delta in zip(
            V.unbind(1), self.p, self.eta, self.delta, strict=True
        ):
            for_delta, for_eta, for_p = v.split(self.splits, dim=1)
            stages.append(
                StageParameters(
                    p=to_p(for_p).relu().unflatten(1, (self.num_angles, -1)),
                    eta=to_eta(for_eta).tanh(),
                    delta=to_delta(for_delta).tanh(),
                )
            )
        return stages


def bins_per_stage(num_bins: int | Sequence[int], num_stages: int) -> list[int]:
    bins = [num_bins] * num_stages if isinstance(num_bins, int) else list(num_bins)
    if len(bins) != num_stages or min(bins) < 1:
        raise ValueError(
            f'num_bins {num_bins} must name a positive number for each of the '
            f'{num_stages} stages'
        )
    return bins
