"""How far found landmarks are from the labelled ones."""

from collections.abc import Mapping

import numpy as np


def normalized_mean_error(found: np.ndarray, label: np.ndarray) -> np.ndarray:
    """Mean distances of landmarks, in percent of the root of the label's box's area.

    The box holds all landmarks of the label, as in the evaluation of 3DDFA (Zhu et al.,
    CVPR 2016, Section 5.2).

    Args:
        found: (..., K, 2) x, y, in any unit that is the same for both axes.
        label: (..., K, 2) in the same unit.

    Returns:
        (...) percent.

    >>> label = np.array([[0.0, 0], [40, 0], [40, 10], [0, 10]])
    >>> normalized_mean_error(label + [0.3, 0.4], label).round(6).item()
    2.5
    """
    size = np.ptp(label, axis=-2)
    distance = np.linalg.norm(found - label, axis=-1).mean(axis=-1)
    return 100 * distance / np.sqrt(size.prod(axis=-1))


def landmark_error(sample: Mapping) -> float | None:
    """The error of the landmarks of a face, in percent; None where some are unknown.

    Args:
        sample: A data sample as a dict. ``pred_landmarks`` (K, 2) are compared with
            ``gt_landmarks`` in fractions of the crop ``crop_box``, or with ``landmarks``
            in pixels of a whole frame.
    """
    found = sample.get('pred_landmarks')
    label = sample.get('gt_landmarks', sample.get('landmarks'))
    if found is None or label is None:
        return None
    found, label = np.asarray(found, float)[:, :2], np.asarray(label, float)
    if found.shape != label.shape or not np.isfinite([found, label]).all():
        return None
    if 'gt_landmarks' in sample and 'crop_box' in sample:
        left, top, right, bottom = sample['crop_box']
        sides = right - left, bottom - top
        found, label = found * sides, label * sides
    return float(normalized_mean_error(found, label))
