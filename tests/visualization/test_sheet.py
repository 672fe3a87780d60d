"""A contact sheet has every image in its place."""

import numpy as np
import pytest

from mmfsa.visualization import (
    contact_sheet,
)


@pytest.mark.parametrize(
    ('num', 'shape'), [(1, (40, 40)), (3, (40, 120)), (5, (80, 120))]
)
def test_contact_sheet(num, shape):
    images = [np.full((10, 20 + i, 3), 50 + i, np.uint8) for i in range(num)]
    sheet = contact_sheet(images, tile=40, columns=3)
    assert sheet.shape == (*shape, 3)
    for i in range(num):
        assert sheet[i // 3 * 40 + 20, i % 3 * 40 + 20, 0] == 50 + i
