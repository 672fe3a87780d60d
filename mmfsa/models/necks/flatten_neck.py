"""The neck of SSR-Net-MD: every stage's feature map as one vector (Section 3.2)."""

from collections.abc import Sequence

from mmengine.model import BaseModule
from torch import Tensor

from mmfsa.registry import MODELS


@MODELS.register_module()
class FlattenNeck(BaseModule):
    """Flatten every feature map with the channels last, as Keras does."""

    def forward(self, features: Sequence[Tensor]) -> list[Tensor]:
        """Flatten K feature maps (N, c, h_k, w_k) into K vectors (N, h_k·w_k·c)."""
        return [feature.permute(0, 2, 3, 1).flatten(1) for feature in features]
