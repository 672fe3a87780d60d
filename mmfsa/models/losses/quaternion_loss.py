"""How far two rotations are apart, without an angle: 1 − ⟨p, q⟩² of unit quaternions."""

from collections.abc import Mapping

from torch import Tensor

from mmfsa.registry import MODELS

from .base_loss import BaseLoss, weighted_mean
from .labels import Labels


@MODELS.register_module()
class QuaternionLoss(BaseLoss):
    """The mean of 1 − ⟨p, q⟩² (Huynh, 2009), 0 to 1, as `loss`.

    It is the squared sine of half the angle between two rotations, and computed from
    their matrices. It takes the `rotation` of a head. Of a face's three weights the mean
    counts.
    """

    needs = ('rotation',)

    def compare(
        self, outputs: Mapping[str, Tensor], labels: Labels
    ) -> dict[str, Tensor]:
        rotation = outputs['rotation']
        trace = (rotation * labels.rotation.to(rotation)).sum((1, 2))
        distance = (3 - trace) / 4
        return dict(loss=weighted_mean(distance, labels.weight.mean(dim=1)))
