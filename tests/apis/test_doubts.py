"""A pose comes with what speaks against it."""

import cv2
import numpy as np
import pytest

from mmfsa.apis.doubts import doubts_of, sharpness
from mmfsa.structures import Faces, Frame, Poses

BOX = [40, 30, 160, 150]


@pytest.fixture
def portrait():
    """A picture with details of many sizes, as a face has."""
    rng = np.random.default_rng(0)
    picture = np.full((200, 200, 3), 128.0)
    for side in (4, 8, 16, 32, 64):
        detail = rng.normal(0, 40 * side**-0.35, (side, side, 3))
        picture += cv2.resize(detail, (200, 200), interpolation=cv2.INTER_CUBIC)
    return picture.clip(0, 255).astype(np.uint8)


def doubts(image, box=BOX, score=0.9, spread=None):
    poses = Poses.from_euler(np.zeros((1, 3)), spread=spread)
    (said,) = doubts_of(Frame(image), Faces([box], 'crop', np.array([score])), poses)
    return said


def test_nothing_speaks_against_a_sharp_face(portrait):
    assert doubts(portrait) == []
    assert doubts(portrait, spread=np.array([5.0])) == []


def test_each_doubt(portrait):
    blurred = cv2.GaussianBlur(portrait, (0, 0), 5)
    noise = np.random.default_rng(0).integers(0, 256, (200, 200, 3), dtype=np.uint8)
    assert doubts(blurred) == ['blurred']
    assert doubts(noise) == ['noise']
    assert doubts(portrait, [50, 50, 62, 70])[0] == 'small: 12 pixels'
    assert doubts(portrait, score=0.52) == ['low score: 0.52']
    assert doubts(portrait, score=np.nan) == ['no detector has looked for a face']
    for spread in (np.array([30.0]), 900 * np.eye(3)[None]):
        assert doubts(portrait, spread=spread) == ['unsure: a spread of 30 degrees']
    assert sharpness(portrait, np.array([300, 0, 400, 90])) is None


def test_real_faces_are_sharp(shared):
    images = sorted((shared / 'data/AFLW2000').glob('*.jpg'))[::25]
    boxes = np.array([140, 140, 310, 310])  # where the data set has them, about
    sharp = [sharpness(cv2.imread(str(path)), boxes) for path in images]
    assert np.mean(np.array(sharp) > 0.04) > 0.8
