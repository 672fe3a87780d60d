"""Who may be new in a picture: it changes beside the people who are known."""

import numpy as np
import pytest

from mmfsa.tracking.newcomers import Newcomers

FACE = np.array([[0.45, 0.3, 0.55, 0.5]])  # its middle at (0.5, 0.4)
NOBODY = np.empty((0, 4))


def picture(*squares):
    """A grey thumbnail with brighter squares of 3x3 pixels at (row, column)."""
    thumbnail = np.full((18, 32, 3), 100, np.float32)
    for row, column in squares:
        thumbnail[row : row + 3, column : column + 3] += 30
    return thumbnail


@pytest.fixture
def newcomers():
    found = Newcomers()
    found.looked(picture(), FACE)
    return found


def test_nobody_has_looked_yet():
    assert Newcomers().may_be_there(picture(), NOBODY)


@pytest.mark.parametrize(
    ('place', 'new'),
    [
        ((6, 14), False),  # the face
        ((3, 16), False),  # its hair
        ((13, 8), False),  # an arm, below the face
        ((13, 29), True),  # farther away than arms reach
        ((6, 24), True),  # beside the face
        ((0, 0), True),
    ],
)
def test_what_changes_beside_a_person_may_be_somebody(newcomers, place, new):
    assert newcomers.may_be_there(picture(place), FACE) is new


def test_where_a_face_was_or_is_the_picture_changes_anyway(newcomers):
    moved = FACE + np.array([0.3, 0, 0.3, 0])
    seen = picture((6, 14), (6, 24))
    assert not newcomers.may_be_there(seen, moved)
    newcomers.looked(seen, moved)
    assert not newcomers.may_be_there(picture((6, 14)), NOBODY)  # who left is not new
    assert newcomers.may_be_there(picture((6, 24)), NOBODY)


def test_noise_and_light_are_nobody(newcomers):
    noise = np.random.RandomState(0).normal(0, 4, (18, 32, 3)).astype(np.float32)
    assert not newcomers.may_be_there(picture() + noise, FACE)
    assert not newcomers.may_be_there(picture() + 10, FACE)
    one_pixel = picture()
    one_pixel[0, 0] += 100
    assert not newcomers.may_be_there(one_pixel, FACE)
