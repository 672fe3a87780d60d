"""The head of FSA-Net: soft stagewise regression of the vectors V (Section 3.2)."""

from collections.abc import Sequence

import torch.nn as nn
from torch import Tensor

from mmfsa.registry import MODELS

from ..heads.base_head import check_vectors
from ..heads.scales import TriangularScales, spread_in_degrees
from ..init import GLOROT_UNIFORM
from .lean_ssr_head import LeanSSRHead
from .soft_stagewise import NUM_ANGLES, StageParameters, StagewiseHead, bins_per_stage


@MODELS.register_module()
class SSRHead(StagewiseHead):
    """Soft stagewise regression of a pose from one vector per stage.

    The first quarter of V_k gives Δ_k, the second η_k, the rest p_k, each by one linear
    layer.

    Args:
        num_stages: Number K of stages.
        in_channels: Channels c' of V_k, a multiple of 4.
        num_bins: Bins per stage, one number for all stages or one for each.
        angle_range: Degrees that the number 1 stands for; one number, or three, of yaw,
            pitch and roll. Where a network reads one angle too small, a larger number
            corrects it.
        lambda_: See :func:`soft_stagewise_regression`.
        spread: Also say how unsure the pose is: one linear layer from all vectors to the
            covariance of the rotation vector, about the head's own axes.
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
        angle_range: float | Sequence[float] = 99.0,
        lambda_: float = 1.0,
        spread: bool = False,
        init_cfg: dict | None = GLOROT_UNIFORM,
    ) -> None:
        super().__init__(init_cfg)
        if in_channels % 4:
            raise ValueError(f'in_channels must be a multiple of 4, got {in_channels}')
        self.num_stages = num_stages
        self.in_shape = (num_stages, in_channels)
        self.splits = [in_channels // 4, in_channels // 4, in_channels // 2]
        self.angle_range = angle_range
        self.lambda_ = lambda_
        bins = bins_per_stage(num_bins, num_stages)
        quarter, _, half = self.splits
        self.delta = nn.ModuleList(nn.Linear(quarter, NUM_ANGLES) for _ in bins)
        self.eta = nn.ModuleList(nn.Linear(quarter, NUM_ANGLES) for _ in bins)
        self.p = nn.ModuleList(nn.Linear(half, NUM_ANGLES * b) for b in bins)
        self.scales = TriangularScales(num_stages * in_channels) if spread else None

    def forward(self, V: Tensor) -> dict[str, Tensor]:
        """The stages' parameters by name; with a spread, also `rotation_scales`.

        Args:
            V: One vector per stage, (N, K, c').

        Returns:
            See :meth:`StagewiseHead.forward`; `rotation_scales` (N, 3, 3) is lower
            triangular, in radians.

        Raises:
            ValueError: If V has another shape.
        """
        outputs = super().forward(V)
        if self.scales is not None:
            outputs['rotation_scales'] = self.scales(V.flatten(1))
        return outputs

    def decode(self, outputs: dict[str, Tensor]) -> dict[str, Tensor]:
        """Equation 2 as `pose`; with scales, also `spread` (N, 3, 3) in square degrees."""
        decoded = super().decode(outputs)
        if 'rotation_scales' in outputs:
            decoded['spread'] = spread_in_degrees(outputs['rotation_scales'])
        return decoded

    def stage_parameters(self, V: Tensor) -> list[StageParameters]:
        """
        Args:
            V: One vector per stage, (N, K, c').

        Raises:
            ValueError: If V has another shape.
        """
        check_vectors(V, self.in_shape)
        stages = []
        for v, to_p, to_eta, to_delta in zip(
            V.unbind(1), self.p, self.eta, self.delta, strict=True
        ):
            for_delta, for_eta, for_p = v.split(self.splits, dim=1)
            stages.append(
                StageParameters(
                    p=to_p(for_p).relu().unflatten(1, (NUM_ANGLES, -1)),
                    eta=to_eta(for_eta).tanh(),
                    delta=to_delta(for_delta).tanh(),
                )
            )
        return stages

    def lean(self) -> nn.Module:
        """The same poses from fewer operations, see :mod:`.lean_ssr_head`."""
        # With another lambda the logarithm of a width is no softplus.
        return LeanSSRHead(self) if self.lambda_ == 1 else self
