"""Mean squared error of the angles."""

from collections.abc import Mapping

from torch import Tensor

from mmfsa.registry import MODELS

from .base_loss import BaseLoss, weighted_mean
from .labels import Labels


@MODELS.register_module()
class L2Loss(BaseLoss):
    """The mean squared error over the three angles, in square degrees, as `loss`.

    It takes the `pose` of any head, and charges angles that are 360 degrees apart, as
    :class:`L1Loss` does.
    """

    def compare(
        self, outputs: Mapping[str, Tensor], labels: Labels
    ) -> dict[str, Tensor]:
        error = (outputs['pose'] - labels.pose).square()
        return dict(loss=weighted_mean(error, labels.weight))
