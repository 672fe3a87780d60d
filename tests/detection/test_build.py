"""Detectors are built from names, configs and detectors."""

import pytest

from mmfsa.detection import build_detector


def test_a_detector_is_itself():
    detector = build_detector('none')
    assert build_detector(detector) is detector


def test_a_config_has_options(detector):
    detector('mtcnn')
    assert build_detector(dict(type='mtcnn', min_face_size=40)).min_face_size == 40


@pytest.mark.parametrize(
    ('name', 'error', 'message'),
    [
        ('retina', ValueError, "no face detector 'retina': centerface, mmdet, mtcnn"),
        ('yunet', ValueError, 'yunet:MODEL.onnx'),
        ('yunet:nowhere.onnx', FileNotFoundError, 'nowhere.onnx'),
        ('mmdet', ValueError, 'mmdet:CONFIG_OR_NAME'),
        ('none:x.onnx', ValueError, r'none brings its model, and takes no x\.onnx'),
        (f'yunet:{__file__}', ValueError, r'test_build\.py is no model of YuNet'),
    ],
)
def test_what_can_not_be_built(name, error, message):
    with pytest.raises(error, match=message):
        build_detector(name)
