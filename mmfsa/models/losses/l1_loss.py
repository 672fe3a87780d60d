"""Mean absolute error of the angles (FSA-Net, Equation 1)."""

from collections.abc import Mapping

from torch import Tensor

from mmfsa.registry import MODELS

from .base_loss import BaseLoss, weighted_mean
from .labels import Labels


@MODELS.register_module()
class L1Loss(BaseLoss):
    """The mean absolute error over the three angles, in degrees, as `loss`.

    It takes the `pose` of any head. An error of 350 degrees counts as such: for heads
    that turn all around, use :class:`GeodesicLoss`.
    """

    def compare(
        self, outputs: Mapping[str, Tensor], labels: Labels
    ) -> dict[str, Tensor]:
        error = (outputs['pose'] - labels.pose).abs()
        return dict(loss=weighted_mean(error, labels.weight))
