"""What all heads share: a loss over (yaw, pitch, roll)."""

from abc import ABCMeta, abstractmethod
from collections.abc import Sequence

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
        targets, weights = labels(data_samples, poses)
        error = (poses - targets).abs()
        return dict(loss=weighted_mean(error, weights))


def labels(
    data_samples: list[HeadPoseDataSample], like: Tensor
) -> tuple[Tensor, Tensor]:
    """The samples' poses and the weights of their angles, both (N, 3).

    Args:
        data_samples: N samples with `gt_pose` and perhaps `weight`.
        like: A tensor of the type and on the device that the labels should have.
    """
    targets = np.stack([sample.gt_pose for sample in data_samples])
    weights = [sample.get('weight', 1.0) for sample in data_samples]
    weights = np.array([w if np.iterable(w) else (w, w, w) for w in weights])
    return torch.from_numpy(targets).to(like), torch.from_numpy(weights).to(like)


def weighted_mean(error: Tensor, weights: Tensor) -> Tensor:
    """The mean of errors, in which each counts as much as its weight says; of none, 0."""
    return (error * weights).sum() / weights.sum().clamp(min=1e-6)


def as_vector(features: Tensor | Sequence[Tensor], length: int) -> Tensor:
    """All that a neck gives of a sample, side by side in one vector.

    Args:
        features: (N, …), or several of those, such as V of an FSANeck or the pooled
            features of a backbone.
        length: What the vector's length must be.

    Returns:
        (N, length).

    Raises:
        ValueError: If the vector has another length.
    """
    if isinstance(features, Tensor):
        features = [features]
    vector = torch.cat([feature.flatten(1) for feature in features], dim=1)
    if vector.shape[1] != length:
        shapes = [tuple(feature.shape) for feature in features]
        raise ValueError(
            f'the head takes in_features={length} of a sample, got '
            f'{vector.shape[1]} from features {shapes}'
        )
    return vector
