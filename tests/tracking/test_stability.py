"""Jitter and lag of smoothed poses are measured rightly."""

import numpy as np
import pytest

from mmfsa.structures import matrix_to_pose, pose_to_matrix
from mmfsa.tracking import measure_stability

FPS = 30


def test_stability_of_a_head_that_rests_and_then_turns(smooth, noise):
    times = np.arange(6 * FPS) / FPS
    yaw = np.where(times < 3, 0, 30 * np.sin(2 * (times - 3)))
    poses = np.stack([yaw, 0 * yaw, 0 * yaw], axis=1) + noise(len(yaw), 0.5)
    smoothed = smooth(poses).astype(float)
    result = measure_stability(times, poses, smoothed)
    assert result.still == pytest.approx(0.55, abs=0.1)
    assert result.smoothed_jitter < 0.5 * result.jitter
    assert 0.02 < result.lag < 0.12

    unchanged = measure_stability(times, poses, poses)
    assert unchanged.smoothed_jitter == unchanged.jitter
    assert unchanged.lag == 0


def test_stability_finds_a_known_lag():
    times = np.arange(100) / FPS
    turn = np.stack([60 * np.sin(3 * times), 0 * times, 0 * times], axis=1)
    late = np.stack([60 * np.sin(3 * (times - 0.2)), 0 * times, 0 * times], axis=1)
    result = measure_stability(times, turn, late)
    assert result.lag == pytest.approx(0.2, abs=0.011)


def test_stability_of_poses_that_have_no_mean():
    times = np.arange(40) / FPS
    wild = np.random.default_rng(0).uniform(-180, 180, (40, 3))
    assert np.isfinite(measure_stability(times, wild, wild).lag)
    with pytest.raises(ValueError, match='needs two frames at least, got 1'):
        measure_stability(times[:1], wild[:1], wild[:1])


def test_stability_says_nan_where_there_is_nothing_to_measure():
    times = np.arange(60) / FPS
    rest = np.zeros((60, 3))
    assert np.isnan(measure_stability(times, rest, rest).lag)
    turn = matrix_to_pose(pose_to_matrix(np.outer(100 * times, [1, 0, 0])))
    assert np.isnan(measure_stability(times, turn, turn).jitter)
