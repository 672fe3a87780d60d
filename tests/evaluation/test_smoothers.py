"""What a method sees in films, frame by frame, and what smoothers make of it."""

import numpy as np
import pytest

from mmfsa.evaluation.smoothers import (
    compare_smoothers,
    smooth_film,
    smoother_table,
    watch_films,
)
from mmfsa.methods import Method
from mmfsa.structures import Poses
from mmfsa.tracking import PoseSmoother


class Noting(Method):
    """Sees the yaw that the box's middle says, and notes what it was shown."""

    def __init__(self):
        self.shown, self.resets = [], 0

    def reset(self, ids=None):
        self.resets += ids is None

    def predict(self, frame, faces):
        (box,) = faces.boxes
        self.shown.append((frame.time, faces.ids.tolist(), box))
        poses = Poses.from_euler([[box[[0, 2]].mean() - 32, 0, 0]])
        poses.valid[:] = len(self.shown) != 4
        return poses


@pytest.fixture
def index(write_faces, tmp_path):
    black = np.zeros((64, 64, 3), np.uint8)
    frames = [
        dict(face_box=[12, 12, 52, 52], sequence=name, frame=i, time=i / 20)
        for name in 'ba'
        for i in range(20)
    ]
    return write_faces(tmp_path, [(black, frame) for frame in frames], format_version=2)


def test_a_method_sees_films_in_order_with_trembling_boxes(index):
    method = Noting()
    films = watch_films(index, method)
    assert [film.name for film in films] == ['a', 'b'] and method.resets == 2
    assert [times for times, *_ in method.shown[:3]] == [0, 0.05, 0.1]
    assert method.shown[0][1] != method.shown[20][1], 'another face'
    boxes = np.array([box for *_, box in method.shown])
    assert boxes.std(axis=0) == pytest.approx(0.015 * 40, rel=0.5)
    assert films[0].found[3, 0] == films[0].found[2, 0], 'no pose: the one before'
    again = watch_films(index, Noting())
    np.testing.assert_array_equal(films[1].found, again[1].found)
    still = watch_films(index, Noting(), tremble=0.0)
    assert np.ptp(still[0].found) == 0


class Losing(Method):
    """Finds no pose in some frames of each film, and turns by 2° a frame."""

    def __init__(self, lost):
        self.lost = lost

    def reset(self, ids=None):  # noqa: ARG002
        self.frames = 0

    def predict(self, frame, faces):  # noqa: ARG002
        yaw = np.nan if self.frames in self.lost else 40 * frame.time
        self.frames += 1
        return Poses.from_euler([[yaw, 0, 0]], spread=np.array([2.0 + 0 * yaw]))


def test_a_film_begins_with_its_first_pose(index):
    films = watch_films(index, Losing({0, 1, 5}))
    for film in films:
        assert film.times == pytest.approx(np.arange(2, 20) / 20)
        assert film.found[:5, 0].tolist() == [4, 6, 8, 8, 12]
        assert len(film.exact) == len(film.spread) == 18
        assert np.isfinite(film.spread).all()
    results = compare_smoothers(films, ['kalman', 'one-euro', 'learned'])
    for values in results.values():
        assert np.isfinite([values[name] for name in ('error', 'p95', 'jitter')]).all()


def test_a_film_without_poses_is_an_error(index):
    with pytest.raises(ValueError, match='finds no pose in sequence a'):
        watch_films(index, Losing(range(20)))


def test_each_smoother_has_a_row(index):
    films = watch_films(index, Noting(), tremble=0.05)
    results = compare_smoothers(films, ['kalman', 'one-euro', 'learned'])
    for kind in ('kalman', 'one-euro', 'learned'):
        assert results[kind]['error'] < results['none']['error']
        assert results[kind]['jitter'] < results['none']['jitter']
    assert len(smoother_table(results).splitlines()) == 6
    one = smooth_film(films[0], PoseSmoother('kalman'))
    np.testing.assert_array_equal(one, smooth_film(films[0], PoseSmoother('kalman')))
