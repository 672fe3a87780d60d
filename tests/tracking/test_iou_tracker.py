"""Numbers stay with their faces."""

import numpy as np
import pytest

from mmfsa.tracking import IoUTracker

LEFT, RIGHT = [0, 0, 100, 100], [300, 0, 400, 100]


def update(tracker, *boxes):
    return tracker.update(np.array(boxes, dtype=float).reshape(-1, 4)).tolist()


def moved(box, by):
    return [box[0] + by, box[1], box[2] + by, box[3]]


def test_numbers_stay_with_the_faces():
    tracker = IoUTracker()
    assert update(tracker, LEFT, RIGHT) == [1, 2]
    assert update(tracker, moved(RIGHT, 10), moved(LEFT, -10)) == [2, 1]
    assert update(tracker, moved(RIGHT, 20), [600, 0, 700, 100]) == [2, 3]


def test_the_best_matches_of_all_faces_together_count():
    tracker = IoUTracker()
    update(tracker, LEFT, moved(LEFT, 40))
    # Both overlap the first face; the one that is nearer to it gets its number.
    assert update(tracker, moved(LEFT, 30), moved(LEFT, 5)) == [2, 1]


@pytest.mark.parametrize(('missed', 'number'), [(3, 1), (4, 2)])
def test_a_face_that_was_hidden(missed, number):
    tracker = IoUTracker(max_missed=3)
    update(tracker, LEFT)
    for _ in range(missed):
        assert update(tracker) == []
    assert update(tracker, LEFT) == [number]


def test_another_scene_has_other_faces():
    tracker = IoUTracker()
    update(tracker, LEFT)
    tracker.forget()
    assert update(tracker, LEFT) == [2]
