"""What all heads share: a loss over (yaw, pitch, roll)."""

from abc import ABCMeta, abstractmethod

import numpy as np
import torch
from mmengine.model import BaseModule
from torch import Tensor

from mmfsa.structures import HeadPoseDataSample


class BaseHead(BaseModule, metaclass=ABCMeta):
    """A head turns the neck's features into poses and owns the loss."""

    @abstractmethod
    def forward(self, features) -> Tensor:
        """The poses (N, 3): yaw, pitch, roll in degrees."""

    def loss(
        self, features, data_samples: list[HeadPoseDataSample]
    ) -> dict[str, Tensor]:
        """The mean absolute error in degrees over the three angles (Equation 1).

        Args:
            features: What `forward` takes.
            data_samples: N samples with `gt_pose` and, where the errors of a sample or
                of its angles should count less, `weight`: one number or three.
        """
        poses = self.forward(features)
        targets = np.stack([sample.gt_pose for sample in data_samples])
        weights = np.stack(
            [np.broadcast_to(sample.get('weight', 1.0), 3) for sample in data_samples]
        )
        error = (poses - torch.from_numpy(targets).to(poses)).abs()
        weights = torch.from_numpy(weights).to(poses)
        return dict(loss=(error * weights).sum() / weights.sum())
