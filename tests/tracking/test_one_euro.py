import numpy as np
import pytest

from mmfsa.structures import geodesic_distance, matrix_to_pose, pose_to_matrix
from mmfsa.tracking import PoseSmoother, RotationOneEuroFilter, measure_stability

FPS = 30


def smooth(poses, **kwargs):
    smoother = PoseSmoother(**kwargs)
    return np.array([smoother(i / FPS, 1, pose) for i, pose in enumerate(poses)])


def noise(num, degrees=1.0):
    return np.random.default_rng(0).normal(0, degrees, (num, 3))


def test_the_first_rotation_and_a_resting_head_stay_as_they_are():
    poses = np.tile([20.0, -10, 5], (20, 1))
    np.testing.assert_allclose(smooth(poses), poses, atol=1e-4)


def test_is_the_published_filter_where_one_axis_turns():
    """Casiez et al., Algorithm 1, on the angle about one axis, in radians."""
    yaw = np.cumsum(np.random.default_rng(1).normal(0, 3, 50))
    min_cutoff, beta = 0.7, 0.9

    def weight(cutoff):
        return 1 / (1 + FPS / (2 * np.pi * cutoff))

    last, speed, expected = yaw[0], 0.0, [yaw[0]]
    for value in yaw[1:]:
        change = (value - last) * FPS
        speed = weight(1.0) * change + (1 - weight(1.0)) * speed
        alpha = weight(min_cutoff + beta * abs(np.radians(speed)))
        last = alpha * value + (1 - alpha) * last
        expected.append(last)
    poses = np.stack([yaw, 0 * yaw, 0 * yaw], axis=1)
    result = smooth(poses, min_cutoff=min_cutoff, beta=beta)
    np.testing.assert_allclose(result[:, 0], expected, atol=1e-3)


def test_noise_is_smoothed_the_same_at_every_pose():
    """Euler angles degenerate at yaw 90; rotations do not."""
    turns = pose_to_matrix(noise(200))
    jitter = []
    for yaw in (0, 89):
        filtered, base = RotationOneEuroFilter(), pose_to_matrix([yaw, 0, 0])
        matrices = [filtered(i / FPS, base @ turn) for i, turn in enumerate(turns)]
        matrices = np.array(matrices)
        jitter.append(geodesic_distance(matrices[:-1], matrices[1:]).mean())
    assert jitter[0] == pytest.approx(jitter[1], rel=1e-6)
    assert jitter[0] < 0.3 * geodesic_distance(turns[:-1], turns[1:]).mean()


def test_faces_are_smoothed_apart():
    smoother = PoseSmoother()
    for i in range(10):
        smoother(i / FPS, 1, [40, 0, 0])
        other = smoother(i / FPS, 2, [-40, 0, 0])
    np.testing.assert_allclose(other, [-40, 0, 0], atol=1e-4)


def test_a_head_that_turns_beyond_90_degrees_keeps_its_other_angles():
    poses = np.stack([np.linspace(80, 98, 40), np.full(40, 5), np.full(40, -10)], 1)
    smoothed = smooth(poses)
    assert smoothed[-1, 0] > 90
    assert np.abs(smoothed - poses).max() < 10


def test_faces_that_are_long_gone_are_forgotten():
    smoother = PoseSmoother()
    for number in range(1000):
        smoother(number, number, [0, 0, 0])
    assert len(smoother._filters) < 20


def test_time_must_go_on():
    smoother = PoseSmoother()
    smoother(1.0, 1, [0, 0, 0])
    with pytest.raises(ValueError, match=r'frame at 1\.0 s follows one at 1\.0 s'):
        smoother(1.0, 1, [0, 0, 0])


def test_stability_of_a_head_that_rests_and_then_turns():
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
