"""What all random augmentations share: their probability and their checks."""

from abc import abstractmethod

import numpy as np
from mmcv.transforms import BaseTransform

from .face_batch import FaceBatch, no_batch_form


class RandomTransform(BaseTransform):
    """An augmentation of the face crop (after ``CropFace``), applied now and then.

    Randomness comes from numpy's global generator, which ``HeadPoseDataset`` seeds.

    Args:
        prob: How often it is applied.
    """

    def __init__(self, prob: float) -> None:
        self.prob = check_prob(prob)

    def transform(self, results: dict) -> dict:
        if np.random.random() < self.prob:
            self.augment(results)
        return results

    def batch(self, faces: FaceBatch) -> FaceBatch:
        """The same for many faces, by ``augment_batch`` of those that chance chooses.

        Raises:
            NotImplementedError: There is no ``augment_batch`` of this transform.
        """
        if not hasattr(self, 'augment_batch'):
            raise no_batch_form(self)
        chosen = faces.uniform(0, 1) < self.prob
        return faces.in_parts(chosen.long(), [lambda same: same, self.augment_batch])

    @abstractmethod
    def augment(self, results: dict) -> None:
        """Change the results in place; their ``img`` is replaced, not written to."""

    def __repr__(self) -> str:
        settings = ', '.join(f'{name}={value}' for name, value in vars(self).items())
        return f'{type(self).__name__}({settings})'


def check_prob(prob: float) -> float:
    """The probability, if it is one.

    Raises:
        ValueError: It is not.
    """
    if not 0 <= prob <= 1:
        raise ValueError(f'prob must be in [0, 1], got {prob}')
    return prob


def check_range(
    name: str, value: tuple[float, float], low: float, high: float = np.inf
) -> tuple[float, float]:
    """The pair, if ``low <= value[0] <= value[1] <= high``.

    Raises:
        ValueError: It is not.
    """
    if len(value) != 2 or not low <= value[0] <= value[1] <= high:
        raise ValueError(
            f'{name} must be a rising pair in [{low}, {high}], got {value}'
        )
    return tuple(value)
