"""Soft stagewise regression (Section 3.2, Equation 2; SSR-Net, IJCAI 2018)."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from mmfsa.structures import ANGLES

from ..heads.base_head import BaseHead

NUM_ANGLES = len(ANGLES)


class StageParameters(NamedTuple):
    """The outputs of one stage for the three angles.

    Attributes:
        p: What the bins weigh, (N, 3, bins). Not a distribution: the released code
            has a ReLU where the paper has probabilities.
        eta: Shift of the bins' centres, (N, 3). One number per angle and stage;
            the paper has one per bin.
        delta: Scaling of the bins' width, (N, 3).
    """

    p: Tensor
    eta: Tensor
    delta: Tensor


def soft_stagewise_regression(
    stages: Sequence[StageParameters],
    angle_range: float | Sequence[float],
    lambda_: float = 1.0,
) -> Tensor:
    """Equation 2: the sum over the stages of their expected values.

    Stage k divides each bin of stage k - 1 into finer ones; the bins' centres are
    …, -1, 0, 1, … bin widths. The denominators have no epsilon, as in the released code.

    Args:
        stages: The parameters of every stage, from coarse to fine.
        angle_range: Degrees that the number 1 stands for; one number, or three, of yaw,
            pitch and roll.
        lambda_: How far Δ can scale the bins: their number is multiplied by
            (1 + lambda_ · Δ).

    Returns:
        The angles (N, 3) in degrees, not clipped.
    """
    total, width = 0, 1
    for p, eta, delta in stages:
        bins = p.shape[-1]
        centres = torch.arange(bins, dtype=p.dtype, device=p.device) - (bins - 1) / 2
        width = width * bins * (1 + lambda_ * delta)
        total = total + ((centres + eta.unsqueeze(-1)) * p).sum(dim=-1) / width
    return total.new_tensor(angle_range) * total


class StagewiseHead(BaseHead):
    """What the heads of FSA-Net and SSR-Net-MD share: their stages make the pose.

    A subclass sets the attributes.

    Attributes:
        num_stages: Number K of stages.
        angle_range: Degrees that the number 1 stands for; one number, or three.
        lambda_: See :func:`soft_stagewise_regression`.
    """

    num_stages: int
    angle_range: float | Sequence[float]
    lambda_: float

    @abstractmethod
    def stage_parameters(self, features) -> list[StageParameters]:
        """The parameters of the K stages, from coarse to fine."""

    def forward(self, features) -> dict[str, Tensor]:
        """The stages' parameters as `p1`, `eta1`, `delta1`, …, `pK`, `etaK`, `deltaK`.

        Args:
            features: What `stage_parameters` takes.

        Raises:
            ValueError: If the features have other shapes.
        """
        return {
            f'{name}{k}': value
            for k, stage in enumerate(self.stage_parameters(features), 1)
            for name, value in zip(StageParameters._fields, stage, strict=True)
        }

    def decode(self, outputs: dict[str, Tensor]) -> dict[str, Tensor]:
        """Equation 2 as `pose`."""
        stages = [
            StageParameters(
                *(outputs[f'{part}{k}'] for part in StageParameters._fields)
            )
            for k in range(1, self.num_stages + 1)
        ]
        return dict(
            pose=soft_stagewise_regression(stages, self.angle_range, self.lambda_)
        )


def bins_per_stage(num_bins: int | Sequence[int], num_stages: int) -> list[int]:
    """The bins of every stage, from one number for all stages or one for each.

    Raises:
        ValueError: If a number is missing, or below 1.
    """
    bins = [num_bins] * num_stages if isinstance(num_bins, int) else list(num_bins)
    if len(bins) != num_stages or min(bins) < 1:
        raise ValueError(
            f'num_bins {num_bins} must name a positive number for each of the '
            f'{num_stages} stages'
        )
    return bins
