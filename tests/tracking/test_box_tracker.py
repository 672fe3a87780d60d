"""Faces are found again near to where they were, and where they are gone it is said."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from mmfsa.structures import Faces
from mmfsa.tracking.box_tracker import KIND, BoxTracker, squares_around, view

PEOPLE = Path(__file__).parents[2] / 'docs/images/people.jpg'  # rendered
BOX = np.float32([[283, 220, 371, 312]])  # of a face there
POINTS = np.float32([[[300, 240], [340, 240], [320, 260], [320, 290], [360, 250]]])


@pytest.fixture(scope='module')
def picture():
    return cv2.imread(str(PEOPLE))


@pytest.fixture(scope='module')
def tracker():
    return BoxTracker()


def moved(picture, shift=(0, 0), scale=1.0):
    """The picture moved, and grown about the face's middle."""
    middle = (BOX[0, :2] + BOX[0, 2:]) / 2
    matrix = cv2.getRotationMatrix2D(middle.tolist(), 0, scale)
    matrix[:, 2] += shift
    return cv2.warpAffine(picture, matrix, picture.shape[1::-1])


def expected(box, shift, scale):
    middle = np.tile((box[:2] + box[2:]) / 2, 2)
    return middle + (box - middle) * scale + np.tile(shift, 2)


@pytest.mark.parametrize('shift', [(0, 0), (12, -6), (-20, 10)])
@pytest.mark.parametrize('scale', [1, 1.1, 0.9])
def test_a_face_that_moves_and_grows_is_found(tracker, picture, shift, scale):
    faces = tracker.settle(picture, Faces(BOX, KIND, landmarks=POINTS))
    found = tracker.move(moved(picture, shift, scale), faces, faces.boxes)
    aim = expected(faces.boxes[0], shift, scale)
    np.testing.assert_allclose(found.boxes[0], aim, atol=5)
    middle = (faces.boxes[0, :2] + faces.boxes[0, 2:]) / 2
    points = middle + (faces.landmarks[0] - middle) * scale + shift
    np.testing.assert_allclose(found.landmarks[0], points, atol=6)


def test_a_detection_is_put_right(tracker, picture):
    first = tracker.settle(picture, Faces(BOX, KIND))
    off = tracker.settle(picture, Faces(BOX + np.float32([9, 9, 12, 12]), KIND))
    np.testing.assert_allclose(off.boxes, first.boxes, atol=4)
    assert off.kind == KIND


def covered(picture):
    image = picture.copy()
    image[200:330, 260:390] = 90
    return image


@pytest.mark.parametrize(
    'change',
    [
        covered,
        lambda p: np.full_like(p, 90),
        lambda p: moved(p, (260, 0)),
        lambda p: moved(p, (0, 280)),
        lambda p: moved(p, scale=0.1),
    ],
    ids=['covered', 'nothing', 'far away', 'out of the picture', 'too small'],
)
def test_not_sure(tracker, picture, change):
    faces = tracker.settle(picture, Faces(BOX, KIND))
    assert tracker.move(change(picture), faces, faces.boxes) is None


def test_faces_that_meet_are_for_the_detector(tracker, picture):
    two = tracker.settle(picture, Faces(np.concatenate([BOX, BOX + 30]), KIND))
    assert tracker.move(picture, two, two.boxes) is None


def test_no_face(tracker, picture):
    nobody = tracker.settle(picture, Faces(np.empty((0, 4)), KIND))
    assert len(tracker.move(picture, nobody, nobody.boxes)) == 0


@pytest.mark.parametrize('reach', [20, 60, 200, 900])
def test_a_view_of_any_size_has_no_shift(reach):
    """A face's edge lies in the middle of the view, at whatever scale."""
    image = np.zeros((1000, 1000, 3), np.uint8)
    image[:, 500:] = 255
    square = 500 - reach // 2, 400, 500 + reach // 2, 400 + reach
    seen = view(image, square, 64)
    assert seen.shape == (64, 64)
    assert seen.astype(float).mean() == pytest.approx(127.5, abs=3)


@pytest.mark.parametrize(
    'box',
    [
        (-5000, 0, -4900, 90),
        (9000, 9000, 9100, 9100),
        (-9e5, -9e5, 9e5, 9e5),
    ],
)
def test_a_box_anywhere_has_a_view(tracker, picture, box):
    boxes = np.float32([box])
    (square,) = squares_around(boxes, picture.shape[1::-1]).tolist()
    assert square[2] - square[0] == square[3] - square[1] >= 1
    assert view(picture, square, 64).shape == (64, 64)
    faces = Faces(boxes, KIND)
    assert tracker.move(picture, tracker.settle(picture, faces), boxes) is None
