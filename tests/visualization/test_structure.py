"""Structure maps are drawn where the pixels are."""

import numpy as np

from mmfsa.visualization import (
    draw_structure,
)

POSE = np.array([30, 10, 5], dtype=np.float32)


def grey(height=240, width=320):
    return np.full((height, width, 3), 90, np.uint8)


def test_structure_maps_lie_where_the_pixels_are():
    maps = np.zeros((3, 5, 3, 8, 8), dtype=np.float32)
    maps[1, 2, 0, 6, 1] = 1  # M_2, row 3, deepest stage: below, to the left
    strip = draw_structure(grey(64, 64), POSE, maps.reshape(3, 5, 192))
    block = strip[:96, 3 * 96 + 6 + 5 * 96 + 6 + 2 * 96 :][:, :96]
    red = np.argwhere((block[..., 2] > 150) & (block[..., 0] < 100))
    np.testing.assert_allclose(red.mean(axis=0), [6.5 * 12, 1.5 * 12], atol=2)
    elsewhere = strip[96:, 3 * 96 :]
    assert not ((elsewhere[..., 2] > 150) & (elsewhere[..., 0] < 100)).any()
