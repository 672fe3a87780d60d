"""Fine-grained structure mapping (Section 3.5, Equations 3 to 6)."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
import torch.nn as nn
from mmengine.model import BaseModule
from torch import Tensor

from mmfsa.registry import MODELS

from ..init import GLOROT_UNIFORM


class StructureMaps(NamedTuple):
    """What the structure mapping learned to see in a batch of images.

    Attributes:
        M: (N, K, m, n), in (0, 1). Row M[:, k, i] folds into K heatmaps of h x w.
        C: (N, n', m), in (0, 1), shared by the stages.
        S: (N, K, n', n), each row of sum 1.
    """

    M: Tensor
    C: Tensor
    S: Tensor


def all_pixels(features: Sequence[Tensor], transpose: bool = True) -> Tensor:
    """U: the pixels of K feature maps (N, c, h, w), stage after stage; (N, K·h·w, c).

    Args:
        features: The feature maps.
        transpose: False: a map's numbers are read in the order in which they lie, channel
            after channel, as if they were pixel after pixel.
    """
    pixels = [u.flatten(2) for u in features]
    if transpose:
        return torch.cat([u.transpose(1, 2) for u in pixels], dim=1)
    return torch.cat([u.reshape(-1, u.shape[2], u.shape[1]) for u in pixels], dim=1)


@MODELS.register_module()
class StructureMapping(BaseModule):
    """Group all pixel features into n' representative features per stage.

    Args:
        num_pixels: Pixels w·h of one feature map.
        num_stages: Number K of feature maps; n = K·w·h.
        num_structures: m, the rows of M_k.
        num_features: n', the representative features per stage.
        init_cfg: Weight initialisation.
    """

    def __init__(
        self,
        num_pixels: int,
        num_stages: int = 3,
        num_structures: int = 5,
        num_features: int = 7,
        init_cfg: dict | None = GLOROT_UNIFORM,
    ) -> None:
        super().__init__(init_cfg)
        n = num_stages * num_pixels
        self.map_shape = (num_stages, num_structures, n)
        self.mix_shape = (num_features, num_structures)
        self.num_candidates = num_stages * num_features
        self.f_M = nn.Linear(num_pixels, num_structures * n)
        self.f_C = nn.Linear(n, num_features * num_structures)

    def forward(self, U: Tensor, A: Sequence[Tensor]) -> tuple[Tensor, StructureMaps]:
        """
        Args:
            U: All pixel features, stage after stage, row-major; (N, n, c).
            A: The K attention maps, each (N, h, w).

        Returns:
            The candidates Ũ = [Ũ_1, …, Ũ_K], (N, K·n', c), and the maps behind them.
        """
        A = torch.stack([a.flatten(1) for a in A], dim=1)
        # Eq. 5 and 6. One f_M serves all stages.
        M = self.f_M(A).sigmoid().unflatten(2, self.map_shape[1:])
        C = self.f_C(A.flatten(1)).sigmoid().unflatten(1, self.mix_shape)
        # Eq. 4, each row normalised to a sum of 1. The released code divides after the
        # product with U, which is the same.
        S = C.unsqueeze(1) @ M
        S = S / S.sum(dim=-1, keepdim=True)
        # Eq. 3
        return S.flatten(1, 2) @ U, StructureMaps(M, C, S)
