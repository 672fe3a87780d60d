"""Numbers stay with their faces."""

import numpy as np
import pytest

from mmfsa.tracking import FaceTracker

LEFT, RIGHT = [0, 0, 100, 100], [300, 0, 400, 100]


def update(tracker, *boxes):
    return tracker.update(np.array(boxes, dtype=float).reshape(-1, 4)).tolist()


def moved(box, by):
    return [box[0] + by, box[1], box[2] + by, box[3]]


def test_numbers_stay_with_the_faces():
    tracker = FaceTracker()
    assert update(tracker, LEFT, RIGHT) == [1, 2]
    assert update(tracker, moved(RIGHT, 10), moved(LEFT, -10)) == [2, 1]
    assert update(tracker, moved(RIGHT, 20), [600, 0, 700, 100]) == [2, 3]


def test_the_best_matches_of_all_faces_together_count():
    tracker = FaceTracker()
    update(tracker, LEFT, moved(LEFT, 40))
    # Both overlap the first face; the one that is nearer to it gets its number.
    assert update(tracker, moved(LEFT, 30), moved(LEFT, 5)) == [2, 1]


@pytest.mark.parametrize(('missed', 'number'), [(3, 1), (4, 2)])
def test_a_face_that_was_hidden(missed, number):
    tracker = FaceTracker(max_missed=3)
    update(tracker, LEFT)
    for _ in range(missed):
        assert update(tracker) == []
    assert update(tracker, LEFT) == [number]


def test_another_scene_has_other_faces():
    tracker = FaceTracker()
    update(tracker, LEFT)
    assert tracker.update(np.array([LEFT]), cut=True).tolist() == [2]


def test_a_face_of_an_earlier_scene_is_known_by_its_look():
    looks = np.eye(3, dtype=np.float32)
    tracker = FaceTracker()
    boxes = np.array([LEFT], dtype=float)
    assert tracker.update(boxes, looks[:1]).tolist() == [1]
    assert tracker.update(boxes, looks[1:2], cut=True).tolist() == [2]
    assert tracker.update(boxes, looks[:1], cut=True).tolist() == [1]
    # Without a cut, a face may look different: it turns, or a hand covers it.
    assert tracker.update(boxes, looks[2:]).tolist() == [1]
