"""Mean angle between the rotations that were found and labelled."""

from collections.abc import Mapping

from torch import Tensor

from mmfsa.registry import MODELS
from mmfsa.structures import geodesic_distance

from .base_loss import BaseLoss, rotation_of, weighted_mean
from .labels import Labels


@MODELS.register_module()
class GeodesicLoss(BaseLoss):
    """The mean geodesic distance in degrees, as `loss`.

    It takes the `rotation` of a head, and the `pose` of a head that has no rotation. Of
    a face's three weights the mean counts.
    """

    def compare(
        self, outputs: Mapping[str, Tensor], labels: Labels
    ) -> dict[str, Tensor]:
        rotation = rotation_of(outputs)
        distance = geodesic_distance(rotation, labels.rotation.to(rotation))
        cost = self.cost(distance)
        return dict(loss=weighted_mean(cost, labels.weight.mean(dim=1)))

    def cost(self, distance: Tensor) -> Tensor:
        """What distances in degrees cost, in degrees: here they themselves."""
        return distance
