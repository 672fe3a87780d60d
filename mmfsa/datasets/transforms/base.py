"""What all random augmentations share: their probability and their checks."""

from abc import abstractmethod

import cv2
import numpy as np
from mmcv.transforms import BaseTransform

from mmfsa.inputs.relief import HOLE

from .face_batch import FaceBatch, no_batch_form


class RandomTransform(BaseTransform):
    """An augmentation of the face crop that is applied with some probability.

    It stands after ``CropFace`` in a pipeline. Randomness comes from numpy's global
    generator, which ``HeadPoseDataset`` seeds.

    Args:
        prob: Probability of the augmentation, in [0, 1].

    Raises:
        ValueError: If ``prob`` is not in [0, 1].
    """

    def __init__(self, prob: float) -> None:
        self.prob = check_prob(prob)

    def transform(self, results: dict) -> dict:
        if np.random.random() < self.prob:
            self.augment(results)
        return results

    def batch(self, faces: FaceBatch) -> FaceBatch:
        """Augment many faces at once: ``augment_batch`` changes a random part of them.

        Raises:
            NotImplementedError: If this transform has no ``augment_batch``.
        """
        if not hasattr(self, 'augment_batch'):
            raise no_batch_form(self)
        chosen = faces.uniform(0, 1) < self.prob
        return faces.in_parts(chosen.long(), [lambda same: same, self.augment_batch])

    @abstractmethod
    def augment(self, results: dict) -> None:
        """Change the results in place. Their ``img`` is replaced, not changed."""

    def __repr__(self) -> str:
        settings = ', '.join(f'{name}={value}' for name, value in vars(self).items())
        return f'{type(self).__name__}({settings})'


def check_prob(prob: float) -> float:
    """Return the probability.

    Raises:
        ValueError: If it is not in [0, 1].
    """
    if not 0 <= prob <= 1:
        raise ValueError(f'prob must be in [0, 1], got {prob}')
    return prob


def check_range(
    name: str, value: tuple[float, float], low: float, high: float = np.inf
) -> tuple[float, float]:
    """Return a range as a pair.

    Args:
        name: The argument's name, for the error.
        value: The range.
        low: Smallest value that is allowed.
        high: Largest value that is allowed.

    Raises:
        ValueError: If ``low <= value[0] <= value[1] <= high`` is not true.
    """
    if len(value) != 2 or not low <= value[0] <= value[1] <= high:
        raise ValueError(
            f'{name} must be a rising pair in [{low}, {high}], got {value}'
        )
    return tuple(value)


def warp_crop(results: dict, to_source: np.ndarray) -> None:
    """Move the pixels of a crop, and those of its relief where it has one.

    The image's edge is repeated. A relief has no mixed pixels, since between the nose and
    the wall behind it there is nothing. Beyond the relief's edge are holes.

    Args:
        results: The dict of a pipeline; its ``img`` and ``depth`` are replaced.
        to_source: (2, 3) where a pixel of the result comes from.
    """
    size = results['img'].shape[1::-1]
    results['img'] = cv2.warpAffine(
        results['img'],
        to_source,
        size,
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    if 'depth' in results:
        results['depth'] = cv2.warpAffine(
            results['depth'],
            to_source,
            size,
            flags=cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP,
            borderValue=HOLE,
        )
