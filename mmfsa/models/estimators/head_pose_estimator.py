"""A head pose network: backbone, neck and head (FSA-Net: Section 3.3, Figure 2a)."""

from collections.abc import Sequence

import torch
import torch.nn as nn
from torch import Tensor

from mmfsa.inputs import InputSpec
from mmfsa.registry import MODELS

from ..losses import Labels, build_loss
from .base_estimator import BaseEstimator


@MODELS.register_module()
class HeadPoseEstimator(BaseEstimator):
    """An image becomes feature maps, these become what the head takes, and this a pose.

    Args:
        backbone: Config of the backbone, image to feature maps.
        head: Config of the head, which ends in poses.
        neck: Config of the neck, feature maps to what the head takes; or a list of
            necks, one after the other. None: the head takes the feature maps.
        loss: Config of the loss; the head's own by default, see
            :func:`~mmfsa.models.losses.build.build_loss`.
        second_look: Config of what the loss sees beside each crop, a
            :class:`~mmfsa.models.estimators.second_look.SecondLook`: the batch doubles, and
            a `ConsistencyLoss` compares its halves. None: each face is seen once.
        inputs: As in :class:`BaseEstimator`.
        data_preprocessor: As in :class:`BaseEstimator`.
        init_cfg: As in :class:`BaseEstimator`.
        test_cfg: As in :class:`BaseEstimator`.

    Raises:
        ValueError: If the backbone's feature maps are not those that the neck takes,
            where both tell; or if a flip test is to take the mean of angles in another
            order than `xyz`.
    """

    def __init__(
        self,
        backbone: dict,
        head: dict,
        neck: dict | list[dict] | None = None,
        loss: dict | None = None,
        second_look: dict | None = None,
        inputs: dict | InputSpec | None = None,
        data_preprocessor: dict | None = None,
        init_cfg: dict | None = None,
        test_cfg: dict | None = None,
    ) -> None:
        super().__init__(inputs, data_preprocessor, init_cfg, test_cfg)
        self.backbone = MODELS.build(backbone)
        self.neck = neck and MODELS.build(neck)
        self.head = MODELS.build(head)
        self.criterion = build_loss(loss, self.head)
        self.second_look = second_look and MODELS.build(second_look)
        if self.flip_test and self.protocol['order'] != 'xyz':
            raise ValueError(
                "flip_test needs angles in the order xyz: set the head's `order` to it, "
                f'and let `mmfsa test --order` read {self.protocol["order"]}'
            )
        given = getattr(self.backbone, 'out_shapes', None)
        taken = getattr(self.neck, 'in_shapes', given)
        if given is not None and given != taken:
            raise ValueError(
                f'the backbone gives feature maps {given}, the neck takes {taken}; set '
                "the neck's num_stages, in_channels and in_size"
            )

    @property
    def float32_parts(self) -> list[nn.Module]:
        """The head."""
        return [self.head]

    @property
    def protocol(self) -> dict:
        """As in :class:`BaseEstimator`, with the order that the head reads angles in."""
        return dict(super().protocol, order=getattr(self.head, 'order', 'xyz'))

    def extract_feat(self, images: Tensor) -> Tensor:
        """What the head takes, from face crops (N, 3, H, W) or clips of them."""
        if images.dim() == 4:
            # Convolutions are faster so; on a contiguous batch this is one small copy.
            images = images.contiguous(memory_format=torch.channels_last)
        features = self.backbone(images)
        return features if self.neck is None else self.neck(features)

    def regress(self, images: Tensor) -> dict[str, Tensor]:
        return self.head.decode(self.head(self.extract_feat(images)))

    def loss(self, images: Tensor, labels: Labels) -> dict[str, Tensor]:
        if self.second_look is not None:
            images = torch.cat([images, self.second_look(images)])
            labels = labels.twice()
        features = self.extract_feat(images)
        # Bits that mixed precision leaves out would be tenths of a degree here.
        with torch.autocast(images.device.type, enabled=False):
            outputs = self.head(in_float32(features))
            return self.criterion({**outputs, **self.head.decode(outputs)}, labels)


def in_float32(features: Tensor | Sequence[Tensor]) -> Tensor | list[Tensor]:
    """What a neck gives, in float32; one tensor or several."""
    if isinstance(features, Tensor):
        return features.float()
    return [feature.float() for feature in features]
