"""Less light: darker pictures, in which the camera's noise wins."""

import numpy as np
import pytest

from mmfsa.datasets.transforms import Darken

IMAGE = np.full((64, 64, 3), 186, np.uint8)  # half of the light of white


def darkened(level):
    np.random.seed(0)
    return Darken((level, level), prob=1)(dict(img=IMAGE))['img']


def test_half_of_the_light_is_half_of_the_light():
    light = (darkened(0.5) / 255.0) ** 2.2
    assert light.mean() == pytest.approx(0.25, rel=0.02)
    assert np.abs(darkened(1.0).astype(int) - IMAGE).mean() < 2


def test_in_darkness_the_noise_wins():
    ratio = [
        ((image := (darkened(level) / 255.0) ** 2.2).mean() / image.std())
        for level in (1, 0.1, 0.01, 0.001)
    ]
    assert ratio[0] > 20 and ratio[3] < 1.2
    assert ratio == sorted(ratio, reverse=True)


def test_levels_are_checked():
    with pytest.raises(ValueError, match='level must be a rising pair'):
        Darken((0, 1))
