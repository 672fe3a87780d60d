"""BlazeFace, CenterFace and MTCNN: faces, landmarks, edges, and images without faces."""

import cv2
import numpy as np
import pytest

FACES = np.array([[237, 21, 389, 225], [792, 45, 945, 258]])  # in two_people
DETECTORS = ['blazeface', 'blazeface-full', 'centerface', 'mtcnn']


@pytest.mark.parametrize('name', ['centerface', 'mtcnn'])
def test_finds_the_faces_with_their_landmarks(detector, two_people, name):
    found = detector(name)(two_people)
    order = np.argsort(found.boxes[:, 0])
    found = found.take(order)
    assert found.boxes.shape == (2, 4)
    np.testing.assert_allclose(found.boxes, FACES, atol=25)
    assert (found.scores > 0.8).all()
    left_eye, right_eye, nose, left_mouth, right_mouth = found.landmarks.swapaxes(0, 1)
    assert (left_eye[:, 0] < right_eye[:, 0]).all()
    assert (left_mouth[:, 0] < right_mouth[:, 0]).all()
    assert (left_eye[:, 1] < nose[:, 1]).all() and (nose[:, 1] < left_mouth[:, 1]).all()
    inside = (found.landmarks > found.boxes[:, None, :2]) & (
        found.landmarks < found.boxes[:, None, 2:]
    )
    assert inside.all()


@pytest.mark.parametrize('name', DETECTORS)
def test_the_size_of_the_last_image_does_not_matter(detector, two_people, name):
    detect = detector(name)
    half = cv2.resize(two_people, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    first = detect(half)
    detect(two_people)
    detect(two_people[:, :300])
    again = detect(half)
    np.testing.assert_array_equal(first.boxes, again.boxes)
    np.testing.assert_allclose(np.sort(first.boxes[:, 0]) * 2, FACES[:, 0], atol=25)


@pytest.mark.parametrize('name', DETECTORS)
@pytest.mark.parametrize('shape', [(1, 1), (1, 500), (40, 30), (300, 7)])
def test_no_faces(detector, name, shape):
    found = detector(name)(np.full((*shape, 3), 127, np.uint8))
    assert found.boxes.shape == (0, 4)
    assert found.scores.shape == (0,)
    assert found.landmarks.shape == (0, 6 if name.startswith('blaze') else 5, 2)


@pytest.mark.parametrize('name', DETECTORS)
def test_a_face_at_the_edge(detector, two_people, name):
    found = detector(name)(two_people[:, 290:])  # half of the left face
    assert 1 <= len(found.boxes) <= 2
    np.testing.assert_allclose(found.boxes[:, 0].max(), FACES[1, 0] - 290, atol=25)
