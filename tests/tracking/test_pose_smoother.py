"""A video's faces are smoothed apart, and forgotten after a while."""

import numpy as np
import pytest

from mmfsa.tracking import PoseSmoother

FPS = 30


def test_faces_are_smoothed_apart():
    smoother = PoseSmoother()
    for i in range(10):
        smoother(i / FPS, 1, [40, 0, 0])
        other = smoother(i / FPS, 2, [-40, 0, 0])
    np.testing.assert_allclose(other, [-40, 0, 0], atol=1e-4)


def test_a_head_that_turns_beyond_90_degrees_keeps_its_other_angles(smooth):
    poses = np.stack([np.linspace(80, 98, 40), np.full(40, 5), np.full(40, -10)], 1)
    smoothed = smooth(poses)
    assert smoothed[-1, 0] > 90
    assert np.abs(smoothed - poses).max() < 10


def test_faces_that_are_long_gone_are_forgotten():
    smoother = PoseSmoother()
    for number in range(100):
        smoother(number, number, [0, 0, 0])
    assert len(smoother._filters) < 20


def test_time_must_go_on():
    smoother = PoseSmoother()
    smoother(1.0, 1, [0, 0, 0])
    with pytest.raises(ValueError, match=r'frame at 1\.0 s follows one at 1\.0 s'):
        smoother(1.0, 1, [0, 0, 0])
