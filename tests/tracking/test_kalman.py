"""The Kalman filter: it heeds the spread, follows turns, and time stamps count."""

import numpy as np
import pytest

from mmfsa.structures import geodesic_distance, pose_to_matrix
from mmfsa.tracking import RotationKalmanFilter

FPS = 30


def run(poses, times=None, spreads=None):
    filtered = RotationKalmanFilter()
    times = np.arange(len(poses)) / FPS if times is None else times
    spreads = [None] * len(poses) if spreads is None else spreads
    return np.array(
        [
            filtered(*one)
            for one in zip(times, pose_to_matrix(poses), spreads, strict=True)
        ]
    )


def trembling(matrices):
    return geodesic_distance(matrices[:-1], matrices[1:]).mean()


@pytest.mark.parametrize('yaw', [0, 89])
def test_a_resting_head_is_calmed_at_every_pose(noise, yaw):
    measured = pose_to_matrix([yaw, 0, 0]) @ pose_to_matrix(noise(200))
    filtered = RotationKalmanFilter()
    smooth = np.array([filtered(i / FPS, one) for i, one in enumerate(measured)])
    assert trembling(smooth[20:]) < trembling(measured[20:]) / 3
    assert geodesic_distance(smooth[-1], pose_to_matrix([yaw, 0, 0])) < 1


def test_a_sure_measurement_counts_more_than_others(noise):
    """Every other measurement is ten times as wrong, and says so."""
    size = np.where(np.arange(300) % 2, 5.0, 0.5)
    poses = noise(300) * size[:, None]
    spreads = size / 0.3
    heeding = geodesic_distance(run(poses, spreads=spreads), np.eye(3))[30:].mean()
    blind = geodesic_distance(run(poses), np.eye(3))[30:].mean()
    assert heeding < blind / 2
    covariances = [s**2 * np.eye(3) for s in spreads]
    np.testing.assert_allclose(
        run(poses, spreads=covariances), run(poses, spreads=spreads), atol=1e-9
    )


def test_a_spread_that_is_no_number_is_not_heeded(noise):
    poses = noise(20)
    np.testing.assert_array_equal(run(poses, spreads=[np.nan] * 20), run(poses))


def test_a_turn_is_followed_at_once():
    yaw = np.r_[np.zeros(30), np.linspace(0, 40, 12), np.full(30, 40)]
    poses = np.stack([yaw, 0 * yaw, 0 * yaw], axis=1)
    smooth = run(poses)
    assert geodesic_distance(smooth, pose_to_matrix(poses)).max() < 8
    assert geodesic_distance(smooth[-1], pose_to_matrix(poses[-1])) < 1


def test_time_stamps_count_not_frames():
    """A head that turns evenly is followed alike at an even and at an uneven rate."""
    rng = np.random.default_rng(0)
    times = np.cumsum(rng.choice([0.01, 0.033, 0.1], 200))
    poses = np.stack([20 * np.sin(times), 0 * times, 0 * times], axis=1)
    error = geodesic_distance(run(poses, times), pose_to_matrix(poses))
    assert error[20:].max() < 3
    wrong = geodesic_distance(run(poses, np.arange(200) / 500), pose_to_matrix(poses))
    assert error[20:].mean() < wrong[20:].mean()


def test_time_must_go_on():
    filtered = RotationKalmanFilter()
    filtered(1.0, np.eye(3))
    with pytest.raises(ValueError, match=r'frame at 0\.5 s follows one at 1\.0 s'):
        filtered(0.5, np.eye(3))
