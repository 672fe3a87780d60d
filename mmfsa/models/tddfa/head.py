"""The head of 3DDFA_V2 and SynergyNet: the 62 numbers of a morphable face model."""

from typing import ClassVar

import torch.nn as nn
import torch.nn.functional as F
from torch import Tensor

from mmfsa.registry import MODELS
from mmfsa.structures import ORDERS, rows_to_matrix

from ..heads.base_head import BaseHead, as_vector
from ..init import GLOROT_UNIFORM
from .whitening import WHITENINGS

SIZES = 12, 40, 10  # of projection, shape and expression
# The face model's y points up and its z to the viewer. This is F·M·F with
# F = diag(1, -1, -1), for the first two rows of a rotation M.
TO_CAMERA = (1.0, -1.0, -1.0), (-1.0, 1.0, 1.0)


@MODELS.register_module()
class MorphableModelHead(BaseHead):
    """One linear layer to projection, shape and expression of a face.

    The pose needs the projection alone. Shape and expression are coefficients of the
    Basel Face Model, which is not part of mmfsa.

    Args:
        in_features: Length of a sample's features.
        whitening: The scale of the numbers, one of
            :data:`~mmfsa.models.tddfa.whitening.WHITENINGS`.
        order: How the angles are read off the rotation, one of
            :data:`mmfsa.structures.rotation.ORDERS`. ``as_published`` are the angles
            that 3DDFA_V2's code prints, ``mixed`` those of SynergyNet's evaluation. The
            rotation is the same.
        dropout: Probability that training leaves out a feature.
        init_cfg: Weight initialisation.

    Raises:
        ValueError: There is no such whitening or order.
    """

    default_loss: ClassVar[dict] = dict(type='mmfsa.GeodesicLoss')

    def __init__(
        self,
        in_features: int = 1024,
        whitening: str = '3ddfa_v2',
        order: str = 'xyz',
        dropout: float = 0.0,
        init_cfg: dict | None = GLOROT_UNIFORM,
    ) -> None:
        super().__init__(init_cfg)
        for key, value, known in (
            ('whitening', whitening, WHITENINGS),
            ('order', order, ORDERS),
        ):
            if value not in known:
                raise ValueError(f'{key} must be one of {[*known]}, got {value!r}')
        self.in_features = in_features
        self.whitening = WHITENINGS[whitening]
        self.order = order
        self.dropout = nn.Dropout(dropout)
        self.linear = nn.Linear(in_features, sum(SIZES))

    def forward(self, features: Tensor | list[Tensor]) -> dict[str, Tensor]:
        """
        Args:
            features: See :func:`~mmfsa.models.heads.base_head.as_vector`.

        Returns:
            `parameters` (N, 62) in standard deviations from their means: 12 of the
            projection, 40 of the shape, 10 of the expression.

        Raises:
            ValueError: If the features are not `in_features` for each sample.
        """
        vector = self.dropout(as_vector(features, self.in_features))
        return dict(parameters=self.linear(vector))

    def decode(self, outputs: dict[str, Tensor]) -> dict[str, Tensor]:
        """The pose and its rotation, and what else the head says of the face.

        The rotation is the one whose first two rows are nearest to those of the
        projection, each brought to length 1.

        Returns:
            `pose` (N, 3) in degrees; `rotation` (N, 3, 3); `projection` (N, 3, 4) as the
            authors have it: from the face model (y up, z to the viewer) to pixels of the
            crop, whose y points up, too; `shape` (N, 40) and `expression` (N, 10) in
            standard deviations from their means.
        """
        numbers, shape, expression = outputs['parameters'].split(SIZES, dim=1)
        mean, std = (numbers.new_tensor(values) for values in self.whitening)
        projection = (numbers * std + mean).unflatten(1, (3, 4))
        rows = F.normalize(projection[:, :2, :3], dim=2)
        rotation = rows_to_matrix(rows * rows.new_tensor(TO_CAMERA))
        return dict(
            pose=ORDERS[self.order](rotation),
            rotation=rotation,
            projection=projection,
            shape=shape,
            expression=expression,
        )
