"""The window of a random area: its form, where it lies, what it becomes."""

import numpy as np
import pytest

from mmfsa.datasets.transforms import RandomResizedCrop

# A picture in which each pixel says where it is: columns in blue, rows in green.
PLACES = np.zeros((100, 100, 3), np.uint8)
PLACES[..., 0] = np.arange(100)
PLACES[..., 1] = np.arange(100)[:, None]


def windows(transform, **results):
    """Width, height, left and top of windows, as parts of the crop."""
    for _ in range(200):
        img = transform(dict(img=PLACES, **results))['img']
        (left, top), (right, bottom) = (img[i, i, :2] / 100.0 for i in (0, -1))
        yield right - left, bottom - top, left, top


def test_area_and_form_are_within_their_ranges():
    transform = RandomResizedCrop(224, scale=(0.5, 0.8))
    w, h, left, top = np.array([*windows(transform)]).T
    assert transform(dict(img=PLACES))['img_shape'] == (224, 224)
    assert (w * h).min() > 0.45 and (w * h).max() < 0.85
    assert (w / h).min() > 0.72 and (w / h).max() < 1.4
    assert np.ptp(w / h) > 0.4 and np.ptp(left) > 0.2 and np.ptp(top) > 0.2


def test_the_form_counts_in_pixels_of_the_image():
    transform = RandomResizedCrop(50, scale=(0.5, 0.5), ratio=(1, 1))
    w, h, *_ = np.array([*windows(transform, crop_box=(0, 0, 160, 100))]).T
    np.testing.assert_allclose(h / w, 1.6, rtol=0.1)


def test_the_whole_crop_where_no_window_fits():
    transform = RandomResizedCrop(100, scale=(1, 1), ratio=(2, 2))
    np.testing.assert_array_equal(transform(dict(img=PLACES))['img'], PLACES)


def test_ranges_are_checked():
    with pytest.raises(ValueError, match='scale must be a rising pair'):
        RandomResizedCrop(224, scale=(0.8, 1.2))
