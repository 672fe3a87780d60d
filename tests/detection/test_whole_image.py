"""Without detection, the image is the face."""

import numpy as np

from mmfsa.detection import build_detector


def test_none_is_the_whole_image():
    found = build_detector('none')(np.zeros((20, 30, 3), np.uint8))
    assert found.boxes.tolist() == [[0, 0, 29, 19]]
