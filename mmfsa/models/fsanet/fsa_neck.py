"""The aggregation module of FSA-Net: feature maps U_k to vectors V (Section 3.3)."""

from collections.abc import Sequence

import torch.nn as nn
from mmengine.model import BaseModule
from mmengine.utils import to_2tuple
from torch import Tensor

from mmfsa.registry import MODELS

from .lean_neck import LeanNeck, can_be_lean
from .structure_mapping import StructureMaps, all_pixels


@MODELS.register_module()
class FSANeck(BaseModule):
    """Scoring, then fine-grained structure mapping, then aggregation.

    Args:
        aggregation: Config of the aggregation; `num_candidates`, `in_channels` and
            `num_outputs` are filled in.
        mapping: Config of the structure mapping; `num_pixels` and `num_stages` are
            filled in. None leaves it out (the tables' `w/o`): the candidates are then
            all pixel features.
        scoring: Config of the scoring function; `in_channels` is filled in. Only a
            mapping uses it: without a mapping it may be left out.
        num_stages: Number K of feature maps.
        in_channels: Channels c of every feature map.
        in_size: Height and width (h, w) of every feature map, or one number for both.
        as_tuple: Return (V,): the heads of MMPose take the last of several features.
        transpose: See :func:`~mmfsa.models.fsanet.structure_mapping.all_pixels`. False in
            omasaht's implementation, where channels take the place of pixels.
        init_cfg: Weight initialisation.

    Attributes:
        in_shapes: (c, h, w) of every feature map that the neck takes.

    Raises:
        ValueError: If there is a mapping without a scoring function, or a scoring
            function with parameters without a mapping.
    """

    def __init__(
        self,
        aggregation: dict,
        mapping: dict | None = None,
        scoring: dict | None = None,
        num_stages: int = 3,
        in_channels: int = 64,
        in_size: int | tuple[int, int] = 8,
        as_tuple: bool = False,
        transpose: bool = True,
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(init_cfg)
        height, width = to_2tuple(in_size)
        self.as_tuple = as_tuple
        self.transpose = transpose
        self.in_shapes = ((in_channels, height, width),) * num_stages
        self.scoring = scoring and MODELS.build(
            scoring, default_args=dict(in_channels=in_channels)
        )
        if mapping is None:
            if self.scoring and next(self.scoring.parameters(), None) is not None:
                raise ValueError(
                    f'without a mapping {type(self.scoring).__name__} would never be '
                    'trained: set scoring=None, too'
                )
            self.mapping = None
            num_candidates = num_stages * height * width
        else:
            if self.scoring is None:
                raise ValueError(
                    "a mapping needs attention maps: set scoring=dict(type='ConvScoring')"
                )
            self.mapping = MODELS.build(
                mapping,
                default_args=dict(num_pixels=height * width, num_stages=num_stages),
            )
            num_candidates = self.mapping.num_candidates
        self.aggregation = MODELS.build(
            aggregation,
            default_args=dict(
                num_candidates=num_candidates,
                in_channels=in_channels,
                num_outputs=num_stages,
            ),
        )

    def forward(self, features: Sequence[Tensor]) -> Tensor | tuple[Tensor]:
        """
        Args:
            features: The K feature maps U_k, each (N, c, h, w).

        Returns:
            V, (N, K, c'); in a tuple if `as_tuple`.

        Raises:
            ValueError: If number or shape of the feature maps is not what the neck was
                built for.
        """
        V = self.aggregation(self.group(features)[0])
        return (V,) if self.as_tuple else V

    def group(self, features: Sequence[Tensor]) -> tuple[Tensor, StructureMaps | None]:
        """The candidates (N, n, c) for the aggregation, and the maps that made them.

        The maps are what Figure 5 of the paper draws; None where there is no mapping.
        """
        shapes = tuple(tuple(feature.shape[1:]) for feature in features)
        if shapes != self.in_shapes:
            raise ValueError(f'the neck takes features {self.in_shapes}, got {shapes}')
        U = all_pixels(features, self.transpose)
        if self.mapping is None:
            return U, None
        return self.mapping(U, [self.scoring(feature) for feature in features])

    def lean(self) -> nn.Module:
        """The same vectors from fewer operations, see :mod:`.lean_neck`."""
        return LeanNeck(self) if can_be_lean(self) else self
