"""The head of TokenHPE: a rotation from each token, and one from all (Section 3.3)."""

from typing import ClassVar

import torch.nn as nn
from torch import Tensor

from mmfsa.registry import MODELS
from mmfsa.structures import change_frame, rotation_6d_to_matrix

from ..heads.base_head import BaseHead, decoded_rotation


@MODELS.register_module()
class RegionHead(BaseHead):
    """Each orientation token gives a rotation; two layers make one of all of them.

    Args:
        num_tokens: Number of orientation tokens.
        width: Width of a token.
        hidden: Length of the hidden layer.
        frame: The frame in which the layers speak, see
            :func:`~mmfsa.structures.rotation.change_frame`.
        init_cfg: Weight initialisation.
    """

    default_loss: ClassVar[dict] = dict(type='mmfsa.RegionLoss')

    def __init__(
        self,
        num_tokens: int = 9,
        width: int = 128,
        hidden: int = 243,
        frame: str = '6drepnet',
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(init_cfg)
        self.frame = frame
        self.to_region = nn.Linear(width, 6)
        self.mix = nn.Sequential(
            nn.Linear(9 * num_tokens, hidden), nn.Tanh(), nn.Linear(hidden, 6)
        )

    def forward(self, tokens: Tensor) -> dict[str, Tensor]:
        """
        Args:
            tokens: (N, num_tokens, width).

        Returns:
            `rotation_6d` (N, 6) in the head's frame, and `region_rotation`
            (N, num_tokens, 3, 3) in ours.
        """
        regions = rotation_6d_to_matrix(self.to_region(tokens))
        return dict(
            rotation_6d=self.mix(regions.flatten(1)),
            region_rotation=change_frame(regions, self.frame),
        )

    def decode(self, outputs: dict[str, Tensor]) -> dict[str, Tensor]:
        """The rotation and its pose, see
        :func:`~mmfsa.models.heads.base_head.decoded_rotation`.
        """
        matrix = rotation_6d_to_matrix(outputs['rotation_6d'])
        return decoded_rotation(matrix, self.frame)
