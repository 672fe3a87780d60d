"""Two looks at one face must give one pose."""

from collections.abc import Mapping

from torch import Tensor

from mmfsa.registry import MODELS
from mmfsa.structures import geodesic_distance

from .base_loss import BaseLoss, rotation_of
from .labels import Labels


@MODELS.register_module()
class ConsistencyLoss(BaseLoss):
    """The mean geodesic distance in degrees of each face's two looks, as `loss`.

    The second half of a batch shows the faces of the first half in their order, as an
    estimator's `second_look` makes it. A part of a :class:`SumLoss`: alone it is smallest
    where all faces have one pose.

    Raises:
        ValueError: If the batch has an odd number of looks.
    """

    def compare(
        self,
        outputs: Mapping[str, Tensor],
        labels: Labels,
    ) -> dict[str, Tensor]:
        if len(labels) % 2:
            raise ValueError(
                f'ConsistencyLoss needs two looks at each face, got {len(labels)} looks: '
                "set the model's second_look=dict(type='SecondLook')"
            )
        first, second = rotation_of(outputs).chunk(2)
        return dict(loss=geodesic_distance(first, second).mean())
