"""The loss of TriNet: squared errors of vectors, and how far they are from orthogonal."""

from collections.abc import Mapping

import torch.nn.functional as F
from torch import Tensor

from mmfsa.registry import MODELS

from ..losses import BaseLoss, Labels
from ..losses.base_loss import weighted_mean


@MODELS.register_module()
class VectorLoss(BaseLoss):
    """The squared error of all nine numbers, and the squared cosines between vectors.

    It takes the `vectors` (N, 3, 3) of a head, whose columns the label's rotation has.
    Both parts, `loss_vectors` and `loss_orthogonality`, are sums of a face and means over
    the faces. Of a face's three weights the mean counts.

    Args:
        orthogonality: Weight of the second part.
    """

    needs = ('vectors',)

    def __init__(self, orthogonality: float = 0.1) -> None:
        super().__init__()
        self.orthogonality = orthogonality

    def compare(
        self, outputs: Mapping[str, Tensor], labels: Labels
    ) -> dict[str, Tensor]:
        vectors = outputs['vectors']
        weight = labels.weight.mean(dim=1)
        square = (vectors - labels.rotation.to(vectors)).square().sum(dim=(1, 2))
        x, y, z = F.normalize(vectors, dim=1).unbind(2)
        cosines = [(a * b).sum(dim=1) for a, b in ((x, y), (x, z), (y, z))]
        overlap = sum(cosine.square() for cosine in cosines)
        return dict(
            loss_vectors=weighted_mean(square, weight),
            loss_orthogonality=self.orthogonality * weighted_mean(overlap, weight),
        )
