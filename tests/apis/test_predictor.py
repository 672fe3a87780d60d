"""What a user of the predictor gets wrong is said, with what to do."""

import numpy as np
import pytest

from mmfsa import HeadPoseInferencer, HeadPosePredictor

NAME = 'fsa_caps_1x1.synthetic'
IMAGE = np.zeros((120, 160, 3), np.uint8)


@pytest.fixture(scope='module')
def predictor():
    return HeadPosePredictor(NAME, device='cpu')


@pytest.mark.parametrize(
    ('image', 'message'),
    [
        (None, r'the image is None: could cv2\.imread read the file\?'),
        (
            'photo.jpg',
            r'the image is the path photo\.jpg: read it with cv2\.imread, or',
        ),
        ([IMAGE], r'an image is an array .*; got a list'),
    ],
)
def test_what_is_no_image(predictor, image, message):
    with pytest.raises(ValueError, match=message):
        predictor(image)


def test_an_inferencer_needs_an_image():
    inferencer = HeadPoseInferencer(NAME, detector='none', device='cpu')
    with pytest.raises(ValueError, match=r'None: could cv2\.imread read the file'):
        next(inferencer(None))
    with pytest.raises(OSError, match=r'None: could cv2\.imread read the file'):
        next(inferencer([None]))


def test_pictures_and_records_go_where_mmpose_writes_them(tmp_path):
    inferencer = HeadPoseInferencer(NAME, detector='none', device='cpu')
    assert len([*inferencer(IMAGE, out_dir=tmp_path)]) == 1
    written = {str(p.relative_to(tmp_path)) for p in tmp_path.rglob('*.*')}
    assert written == {'predictions/predictions.jsonl', 'visualizations/00000000.jpg'}


def test_an_unknown_kind_of_box(predictor):
    message = "there is no box_kind 'landmark68': .*crop, head, landmarks68, mtcnn"
    with pytest.raises(ValueError, match=message):
        HeadPosePredictor(NAME, box_kind='landmark68')
    with pytest.raises(ValueError, match=message):
        predictor(IMAGE, boxes=[[1, 2, 30, 40]], box_kind='landmark68')


@pytest.mark.parametrize(
    ('boxes', 'message'),
    [
        ('abc', r"boxes must be \(n, 4\): x1, y1, x2, y2, got 'abc'"),
        ([[0, 0, 1e6, 1e6]], 'far larger than the image of 160x120: is it in pixels'),
    ],
)
def test_boxes_that_are_none(predictor, boxes, message):
    with pytest.raises(ValueError, match=message):
        predictor(IMAGE, boxes=boxes)


def test_arguments_that_are_none():
    with pytest.raises(TypeError, match=r"takes no 'modeel': did you mean model\?"):
        HeadPosePredictor(modeel=NAME)
    with pytest.raises(ValueError, match=r'a model is a name, .* got a int'):
        HeadPosePredictor(3)
