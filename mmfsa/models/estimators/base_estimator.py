"""What all estimators share: mmengine's three modes over one function of the images."""

from abc import ABCMeta, abstractmethod

import torch
from mmengine.model import BaseModel
from torch import Tensor

from mmfsa.structures import HeadPoseDataSample, mean_pose, mirror_pose


class BaseEstimator(BaseModel, metaclass=ABCMeta):
    """An estimator turns images of faces into poses.

    Args:
        data_preprocessor: Config of the data preprocessor; mmengine's
            `ImgDataPreprocessor` by default, which stacks the images of a batch and
            leaves their values as they are.
        init_cfg: Weight initialisation, e.g. `dict(type='Pretrained', …)`.
        test_cfg: `dict(flip_test=True)`: a pose is the mean of two, that seen in the
            image and that seen in its mirror image. It is more accurate, and costs twice
            as much.

    Raises:
        ValueError: If `test_cfg` has other keys.
    """

    def __init__(
        self,
        data_preprocessor: dict | None = None,
        init_cfg: dict | None = None,
        test_cfg: dict | None = None,
    ) -> None:
        super().__init__(
            data_preprocessor or dict(type='ImgDataPreprocessor'), init_cfg
        )
        test_cfg = dict(test_cfg or {})
        self.flip_test = test_cfg.pop('flip_test', False)
        if test_cfg:
            raise ValueError(
                f'test_cfg takes flip_test only, not {", ".join(test_cfg)}'
            )

    def forward(
        self,
        inputs: Tensor,
        data_samples: list[HeadPoseDataSample] | None = None,
        mode: str = 'tensor',
    ) -> Tensor | dict[str, Tensor] | list[HeadPoseDataSample]:
        """
        Args:
            inputs: Face crops (N, 3, H, W); the paper's models take BGR, 0 to 255.
            data_samples: One sample per image; `loss` reads `gt_pose` from them.
            mode: One of mmengine's three modes.

        Returns:
            `tensor`: the poses (N, 3), yaw, pitch, roll in degrees;
            `predict`: the data samples (new ones where none are given) with `pred_pose`;
            `loss`: a dict of losses.

        Raises:
            ValueError: If the mode is another, or if `loss` has no data samples.
        """
        if mode == 'tensor':
            return self.estimate(inputs)
        if mode == 'predict':
            poses = self.estimate(inputs).float()
            data_samples = data_samples or [HeadPoseDataSample() for _ in poses]
            for sample, pose in zip(data_samples, poses, strict=True):
                sample.pred_pose = pose
            return data_samples
        if mode == 'loss':
            if not data_samples:
                raise ValueError("mode='loss' needs data samples with gt_pose")
            return self.loss(inputs, data_samples)
        raise ValueError(f"mode must be 'tensor', 'predict' or 'loss', got {mode!r}")

    def estimate(self, images: Tensor) -> Tensor:
        """The poses (N, 3), yaw, pitch, roll in degrees, of face crops (N, 3, H, W)."""
        if not self.flip_test:
            return self.regress(images)
        both = self.regress(torch.cat([images, images.flip(3)]))
        seen, mirrored = both.reshape(2, -1, 3).unbind()
        return mean_pose(torch.stack([seen, mirror_pose(mirrored)]))

    @abstractmethod
    def regress(self, images: Tensor) -> Tensor:
        """The poses (N, 3) of face crops (N, 3, H, W), each looked at once."""

    @abstractmethod
    def loss(
        self, images: Tensor, data_samples: list[HeadPoseDataSample]
    ) -> dict[str, Tensor]:
        """The losses of face crops (N, 3, H, W) with their data samples."""
