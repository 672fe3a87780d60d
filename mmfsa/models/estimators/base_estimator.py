"""What all estimators share: mmengine's three modes over one function of the images."""

from abc import ABCMeta, abstractmethod

from mmengine.model import BaseModel
from torch import Tensor

from mmfsa.structures import HeadPoseDataSample


class BaseEstimator(BaseModel, metaclass=ABCMeta):
    """An estimator turns images of faces into poses."""

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

    @abstractmethod
    def estimate(self, images: Tensor) -> Tensor:
        """The poses (N, 3), yaw, pitch, roll in degrees, of face crops (N, 3, H, W)."""

    @abstractmethod
    def loss(
        self, images: Tensor, data_samples: list[HeadPoseDataSample]
    ) -> dict[str, Tensor]:
        """The losses of face crops (N, 3, H, W) with their data samples."""
