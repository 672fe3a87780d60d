"""The head of SSR-Net-MD, SSR-Net for several dimensions (Section 3.2)."""

from collections.abc import Sequence

import torch.nn as nn
from torch import Tensor

from mmfsa.registry import MODELS

from ..init import GLOROT_UNIFORM
from .soft_stagewise import NUM_ANGLES, StageParameters, StagewiseHead, bins_per_stage


@MODELS.register_module()
class SSRNetMDHead(StagewiseHead):
    """Soft stagewise regression of a pose from the flattened features of every stage.

    Args:
        in_features: Length of every stage's vector, from coarse to fine.
        hidden_features: Width of the layer before Δ and η.
        num_bins: Bins per stage, one number for all stages or one for each.
        angle_range: Degrees that the number 1 stands for.
        lambda_: See :func:`soft_stagewise_regression`.
        init_cfg: Weight initialisation.

    Raises:
        ValueError: If the numbers of `in_features` and of `num_bins` differ.
    """

    def __init__(
        self,
        in_features: Sequence[int] = (1024, 1024, 4096),
        hidden_features: int = 6,
        num_bins: int | Sequence[int] = 3,
        angle_range: float = 99.0,
        lambda_: float = 1.0,
        init_cfg: dict | None = GLOROT_UNIFORM,
    ) -> None:
        super().__init__(init_cfg)
        self.num_stages = len(in_features)
        self.in_features = tuple(in_features)
        self.angle_range = angle_range
        self.lambda_ = lambda_
        bins = bins_per_stage(num_bins, self.num_stages)

        def two_layers(features: int) -> nn.Sequential:
            return nn.Sequential(
                nn.Linear(features, hidden_features),
                nn.Tanh(),
                nn.Linear(hidden_features, NUM_ANGLES),
                nn.Tanh(),
            )

        self.delta = nn.ModuleList(map(two_layers, in_features))
        self.eta = nn.ModuleList(map(two_layers, in_features))
        self.p = nn.ModuleList(
            nn.Linear(features, NUM_ANGLES * b)
            for features, b in zip(in_features, bins, strict=True)
        )

    def stage_parameters(self, vectors: Sequence[Tensor]) -> list[StageParameters]:
        """
        Args:
            vectors: One vector per stage, (N, in_features[k]).

        Raises:
            ValueError: If number or length of the vectors differ from `in_features`.
        """
        lengths = tuple(vector.shape[1] for vector in vectors)
        if lengths != self.in_features:
            raise ValueError(f'the head takes {self.in_features}, got {lengths}')
        return [
            StageParameters(
                p=to_p(vector).relu().unflatten(1, (NUM_ANGLES, -1)),
                eta=to_eta(vector),
                delta=to_delta(vector),
            )
            for vector, to_p, to_eta, to_delta in zip(
                vectors, self.p, self.eta, self.delta, strict=True
            )
        ]
