"""OpenSeeFace's detector: peaks of its heatmap become boxes; other files are refused."""

import cv2
import numpy as np
import pytest

from mmfsa.detection import build_detector
from mmfsa.inputs import convert_boxes


@pytest.fixture(scope='module')
def model(shared):
    return shared / 'weights/rivals/openseeface/mnv3_detection_opt.onnx'


def test_finds_the_faces(model, two_people):
    found = build_detector(f'openseeface:{model}')(two_people)
    assert (np.diff(found.scores) <= 0).all()
    boxes = convert_boxes(found.boxes, found.kind, 'landmarks68')
    order = np.argsort(boxes[:, 0])
    expected = [[237, 64, 389, 225], [792, 90, 945, 258]]
    np.testing.assert_allclose(boxes[order], expected, atol=50)


def test_no_faces(model):
    found = build_detector(f'openseeface:{model}')(np.full((30, 40, 3), 99, np.uint8))
    assert found.boxes.shape == (0, 4)


def test_other_files_are_refused(shared):
    with pytest.raises(ValueError, match=r'openseeface:MODEL\.onnx'):
        build_detector('openseeface')
    with pytest.raises(FileNotFoundError, match=r'nowhere\.onnx'):
        build_detector('openseeface:nowhere.onnx')
    other = shared / 'weights/rivals/openseeface/lm_model0_opt.onnx'
    with pytest.raises(ValueError, match='is no face detector of OpenSeeFace'):
        build_detector(f'openseeface:{other}')
    with pytest.raises(ValueError, match='damaged or no ONNX file'):
        build_detector(f'openseeface:{__file__}')


def test_a_frame_that_is_not_square(model, two_people):
    detect = build_detector(f'openseeface:{model}')
    tall = cv2.copyMakeBorder(two_people, 0, 600, 0, 0, cv2.BORDER_CONSTANT)
    centre = [[o[[0, 2]].mean() for o in detect(i).boxes] for i in (two_people, tall)]
    np.testing.assert_allclose(sorted(centre[0]), sorted(centre[1]), atol=40)
