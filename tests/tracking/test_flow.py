"""Boxes go with pixels that move and grow, and say where they are not sure."""

import cv2
import numpy as np
import pytest

from mmfsa.structures import Faces
from mmfsa.tracking.flow import BoxFlow

SIZE = WIDTH, HEIGHT = 640, 480
BOX = np.float32([[200, 150, 320, 290]])
LANDMARKS = np.float32([[[230, 200], [290, 200], [260, 230], [260, 260]] * 1])


def texture(seed, size, cells=40):
    small = np.random.default_rng(seed).integers(0, 256, (cells, cells, 3), np.uint8)
    return cv2.resize(small, size, interpolation=cv2.INTER_CUBIC)


def picture(scale=1.0, shift=(0, 0), face=1):
    """A wall with a face that has moved and grown about its centre."""
    image = texture(0, SIZE, 12)
    centre, half = (BOX[0, :2] + BOX[0, 2:]) / 2, (BOX[0, 2:] - BOX[0, :2]) / 2
    start = np.rint(centre + shift - half * scale).astype(int)
    end = np.rint(centre + shift + half * scale).astype(int)
    image[start[1] : end[1], start[0] : end[0]] = texture(face, tuple(end - start), 9)
    return image


def moved(image, boxes=BOX):
    flow, faces = BoxFlow(), Faces(boxes, 'crop', landmarks=LANDMARKS[: len(boxes)])
    flow.see(picture())
    flow.start(faces)
    flow.see(image)
    return flow.move(faces)


@pytest.mark.parametrize('shift', [(0, 0), (6, 0), (-4, 10)])
@pytest.mark.parametrize('scale', [1, 1.05, 0.95])
def test_a_box_goes_with_its_face(shift, scale):
    found = moved(picture(scale, shift))
    half = (BOX[0, 2:] - BOX[0, :2]) / 2
    centre = (BOX[0, :2] + BOX[0, 2:]) / 2 + shift
    expected = [*(centre - half * scale), *(centre + half * scale)]
    np.testing.assert_allclose(found.boxes[0], expected, atol=2)
    assert found.landmarks.shape == LANDMARKS.shape
    np.testing.assert_allclose(
        found.landmarks[0, 2],
        centre + (LANDMARKS[0, 2] - centre + shift) * scale,
        atol=2,
    )


@pytest.mark.parametrize(
    'image',
    [
        picture(face=2),
        np.full((HEIGHT, WIDTH, 3), 90, np.uint8),
        cv2.resize(picture(), (320, 240)),
        np.roll(picture(), 250, axis=1),
    ],
    ids=['another face', 'nothing', 'another size', 'far away'],
)
def test_not_sure(image):
    assert moved(image) is None


def test_small_faces_and_faces_that_meet_are_for_the_detector():
    assert moved(picture(), BOX * 0 + np.float32([[200, 150, 220, 170]])) is None
    flow = BoxFlow()
    two = Faces(np.concatenate([BOX, BOX + np.float32([[90, 0, 90, 0]])]), 'crop')
    flow.see(picture())
    flow.start(two)
    flow.see(picture())
    assert flow.move(two) is None
    assert len(flow.move(two.take(np.zeros(2, bool)))) == 0
