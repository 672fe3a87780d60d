"""Frames and faces: shapes are checked, and faces are chosen."""

import numpy as np
import pytest

from mmfsa.structures import Faces, Frame


def test_faces_are_chosen_with_all_that_is_known_of_them():
    faces = Faces(np.arange(8.0).reshape(2, 4), 'crop', np.array([0.9, 0.8]))
    chosen = faces.take(np.array([False, True]))
    assert chosen.boxes.tolist() == [[4, 5, 6, 7]]
    assert chosen.scores.tolist() == [0.8]
    assert chosen.landmarks is None and chosen.kind == 'crop' and len(chosen) == 1


def test_no_face_is_a_number_of_faces():
    assert Faces([], 'visible').boxes.shape == (0, 4)


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        (dict(boxes=np.zeros((2, 5))), r'\(n, 4\)'),
        (dict(boxes=np.zeros((2, 4)), scores=np.zeros(3)), '2 boxes and 3 scores'),
        (dict(boxes=np.zeros((2, 4)), ids=np.zeros(1)), '2 boxes and 1 ids'),
    ],
)
def test_what_does_not_fit_is_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        Faces(kind='visible', **arguments)


def test_a_frame_knows_its_size():
    assert Frame(np.zeros((20, 30, 3), np.uint8)).size == (30, 20)
