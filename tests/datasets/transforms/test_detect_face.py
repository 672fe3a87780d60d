"""A pipeline cuts the labelled face from a detector's box, and says where it misses it."""

import numpy as np
import pytest

from mmfsa.datasets.transforms import CropFace, DetectFace, PackHeadPoseInputs
from mmfsa.detection import BaseDetector
from mmfsa.structures import Faces

IMAGE = np.zeros((300, 300, 3), np.uint8)
LABELLED = [110, 110, 200, 200]


class Boxes(BaseDetector):
    """A detector that always finds the same faces."""

    kind = 'mtcnn'

    def __init__(self, boxes, landmarks=None):
        self.faces = Faces(boxes, self.kind, landmarks=landmarks)

    def __call__(self, _):
        return self.faces


def detect(boxes, landmarks=None):
    results = dict(
        img=IMAGE, boxes=dict(visible=LABELLED), landmarks=np.ones((68, 2)), img_id=0
    )
    return DetectFace(Boxes(boxes, landmarks))(results)


def test_the_box_of_the_labelled_face_takes_the_place_of_the_labelled_box():
    results = detect([[0, 0, 50, 50], [100, 100, 200, 200]])
    assert results['boxes'] == dict(mtcnn=[100, 100, 200, 200])
    assert results['detected'] and results['box_source'] == 'detector Boxes'
    assert 'landmarks' not in results
    cropped = CropFace()(dict(results))
    # MTCNN's box becomes one of visible landmarks, and 0.6 of it is added.
    left, top, right, bottom = cropped['crop_box']
    assert right - left == pytest.approx(100 * 0.921 * 2.2, abs=3)
    assert bottom - top == pytest.approx(100 * 0.726 * 2.2, abs=3)
    sample = PackHeadPoseInputs()(cropped)['data_samples']
    assert sample.detected and sample.box_source == 'detector Boxes'


def test_landmarks_are_the_detectors():
    points = np.arange(20.0).reshape(2, 5, 2)
    results = detect([[0, 0, 50, 50], [100, 100, 200, 200]], points)
    np.testing.assert_array_equal(results['landmarks'], points[1])


@pytest.mark.parametrize('boxes', [[], [[0, 0, 50, 50]]])
def test_a_face_that_is_missed_goes_on_with_its_label(boxes):
    results = detect(boxes)
    assert results['boxes'] == dict(visible=LABELLED)
    assert not results['detected'] and results['box_source'] == 'detector Boxes'
    sample = PackHeadPoseInputs()(CropFace()(results))['data_samples']
    assert not sample.detected


def test_a_detector_is_built_with_the_first_image():
    step = DetectFace('none')
    results = step(dict(img=IMAGE, boxes=dict(visible=[0, 0, 299, 299])))
    assert results['boxes'] == dict(crop=[0, 0, 299, 299])
    assert results['box_source'] == 'detector WholeImage'
    assert repr(step) == "DetectFace(detector='none')"
