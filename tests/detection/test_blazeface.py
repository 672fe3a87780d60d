"""BlazeFace: anchors, letterbox, merged boxes, and what both networks find."""

import cv2
import numpy as np
import pytest

from mmfsa.detection import BlazeFace
from mmfsa.detection.blazeface import anchors
from mmfsa.inputs import convert_boxes


def test_each_box_of_a_cell_has_the_cells_centre():
    places = anchors(128, BlazeFace.cells)
    assert places.shape == (16 * 16 * 2 + 8 * 8 * 6, 2)
    np.testing.assert_array_equal(places[:3], [[4, 4], [4, 4], [12, 4]])
    np.testing.assert_array_equal(places[512 + 6 * 9], [24, 24])


@pytest.mark.parametrize('name', ['blazeface', 'blazeface-full'])
def test_a_moved_and_scaled_photo_has_the_same_faces(detector, two_people, name):
    detect = detector(name)
    found = detect(two_people)
    wide = cv2.copyMakeBorder(two_people, 200, 0, 0, 40, cv2.BORDER_CONSTANT)
    again = detect(cv2.resize(wide, None, fx=0.5, fy=0.5))
    for one in (found, again):
        one.boxes[:] = one.boxes[np.argsort(one.boxes[:, 0])]
    np.testing.assert_allclose(again.boxes * 2 - [0, 200] * 2, found.boxes, atol=25)


@pytest.mark.parametrize('name', ['blazeface', 'blazeface-full'])
def test_the_box_of_the_landmarks(detector, shared, name):
    image = cv2.imread(str(shared / 'data/AFLW2000/image00002.jpg'))
    found = detector(name)(image)
    boxes = convert_boxes(found.boxes[:1], found.kind, 'landmarks68')
    np.testing.assert_allclose(boxes[0], [122, 167, 345, 376], atol=30)
    inside = (found.landmarks[0] > 0).all() and (found.landmarks[0] < 450).all()
    assert inside


def test_a_threshold_of_ones_own(detector, two_people):
    detector('blazeface')
    assert len(BlazeFace(threshold=0.3)(two_people)) >= 2
    assert len(BlazeFace(threshold=0.999)(two_people)) == 0
