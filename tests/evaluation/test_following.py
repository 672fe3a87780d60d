"""What is counted in films whose boxes are known."""

import numpy as np
import pytest

from mmfsa.detection import BaseDetector
from mmfsa.evaluation import following
from mmfsa.evaluation.following import (
    Shot,
    compare_following,
    person,
    shoot,
    sway,
    watch,
)
from mmfsa.structures import Faces, Poses
from mmfsa.tracking import FaceFollower

BOX = np.array([40.0, 40, 80, 90])
POSE = np.array([20.0, -5, 3])


class Finds(BaseDetector):
    """Finds what a list says, frame by frame."""

    kind = 'landmarks68'

    def __init__(self, boxes):
        self.boxes = iter(boxes)

    def __call__(self, _image):
        return Faces(np.array(next(self.boxes)).reshape(-1, 4), self.kind)


class Knows:
    """Every face has the exact pose, but for 2 degrees of yaw."""

    def predict_batch(self, _frames, faces):
        return [
            Poses.from_euler(np.tile(POSE + np.array([2, 0, 0]), (len(f), 1)))
            for f in faces
        ]


def shots(number, seen=1.0):
    image = np.random.default_rng(0).integers(0, 256, (120, 160, 3), np.uint8)
    return [Shot(image, BOX[None], POSE[None], np.array([seen]))] * number


def marks_of(boxes, seen=1.0):
    marks = watch(shots(len(boxes), seen), FaceFollower(Finds(boxes)), Knows())
    return {name: np.sum(values) for name, values in marks.items()}


def test_what_is_found_missing_and_wrong_is_counted():
    elsewhere = BOX + 60
    marks = marks_of([[BOX], [], [BOX, elsewhere], [elsewhere]])
    assert marks['found'] == 2 and marks['wrong'] == 2
    assert marks['overlap'] == pytest.approx(2)
    assert marks['pose'] == pytest.approx(4, abs=0.05)


def test_who_is_hidden_need_not_be_found_and_may_be():
    marks = marks_of([[BOX], []], seen=0.5)
    assert marks['found'] == 0 and marks['wrong'] == 0
    assert marks_of([[BOX]], seen=0.1)['wrong'] == 1


def test_a_switched_number_is_counted(monkeypatch):
    follower = FaceFollower(Finds([[BOX]] * 4))
    numbers = iter([1, 1, 2, 2])
    monkeypatch.setattr(
        follower._tracker, 'update', lambda *_, **__: np.array([next(numbers)])
    )
    assert np.sum(watch(shots(4), follower, Knows())['switches']) == 1


def test_rendered_films_have_boxes_and_poses(renderer_of, monkeypatch):
    people = [person(3, 200, 240, 50), person(5, sway(230, 0, 9), 250, 90, yaw=30)]
    monkeypatch.setattr(following, 'FILMS', {'a short film': people})
    (shot,) = shoot(people, 1)
    assert shot.image.shape == (480, 640, 3)
    assert shot.seen[0] < 0.9 and shot.seen[1] == pytest.approx(1)
    np.testing.assert_allclose(shot.poses[1], [30, 0, 0], atol=1e-3)
    ways = {'each': FaceFollower}
    table = compare_following(ways, Finds([shot.boxes]), Knows(), frames=1)
    assert '| a short film | each | 100.0 %' in table and '| all ' in table
