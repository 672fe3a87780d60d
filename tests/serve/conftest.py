"""Images as files in memory, and services that find one face in each of them."""

import cv2
import numpy as np
import pytest

from mmfsa import HeadPosePredictor

MODEL = 'fsa_caps_1x1.synthetic'


@pytest.fixture(scope='session')
def image_file():
    """Makes the file of an image of random colours here and there."""

    def make(seed=0, size=(64, 64), suffix='.png'):
        small = np.random.default_rng(seed).integers(0, 256, (4, 4, 3), np.uint8)
        return cv2.imencode(suffix, cv2.resize(small, size))[1].tobytes()

    return make


@pytest.fixture(scope='session')
def predictor():
    """A predictor for which each image is a face."""
    return HeadPosePredictor(MODEL, device='cpu')
