"""A head pose network: backbone, neck and head (Section 3.3, Figure 2a)."""

import torch
from torch import Tensor

from mmfsa.registry import MODELS
from mmfsa.structures import HeadPoseDataSample

from .base_estimator import BaseEstimator


@MODELS.register_module()
class HeadPoseEstimator(BaseEstimator):
    """An image becomes feature maps U, U becomes vectors V, V becomes a pose.

    Args:
        backbone: Config of the backbone, image to feature maps.
        neck: Config of the neck, feature maps to what the head takes; or a list of
            necks, one after the other.
        head: Config of the head, which ends in poses and owns the loss.
        data_preprocessor: As in :class:`BaseEstimator`.
        init_cfg: As in :class:`BaseEstimator`.
        test_cfg: As in :class:`BaseEstimator`.

    Raises:
        ValueError: If the backbone's feature maps are not those that the neck takes,
            where both tell.
    """

    def __init__(
        self,
        backbone: dict,
        neck: dict | list[dict],
        head: dict,
        data_preprocessor: dict | None = None,
        init_cfg: dict | None = None,
        test_cfg: dict | None = None,
    ) -> None:
        super().__init__(data_preprocessor, init_cfg, test_cfg)
        self.backbone = MODELS.build(backbone)
        self.neck = MODELS.build(neck)
        self.head = MODELS.build(head)
        given = getattr(self.backbone, 'out_shapes', None)
        taken = getattr(self.neck, 'in_shapes', given)
        if given is not None and given != taken:
            raise ValueError(
                f'the backbone gives feature maps {given}, the neck takes {taken}; set '
                "the neck's num_stages, in_channels and in_size"
            )

    def extract_feat(self, images: Tensor) -> Tensor:
        """What the head takes, from face crops (N, 3, H, W)."""
        # Convolutions are faster so; on a contiguous batch this is one small copy.
        images = images.contiguous(memory_format=torch.channels_last)
        return self.neck(self.backbone(images))

    def regress(self, images: Tensor) -> Tensor:
        return self.head(self.extract_feat(images))

    def loss(
        self, images: Tensor, data_samples: list[HeadPoseDataSample]
    ) -> dict[str, Tensor]:
        return self.head.loss(self.extract_feat(images), data_samples)
