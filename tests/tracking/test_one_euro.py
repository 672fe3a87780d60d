"""The 1€ filter: as published, and the same at every pose."""

import numpy as np
import pytest

from mmfsa.structures import geodesic_distance, pose_to_matrix
from mmfsa.tracking import RotationOneEuroFilter

FPS = 30


def test_the_first_rotation_and_a_resting_head_stay_as_they_are(smooth):
    poses = np.tile([20.0, -10, 5], (20, 1))
    np.testing.assert_allclose(smooth(poses), poses, atol=1e-4)


def test_is_the_published_filter_where_one_axis_turns(smooth):
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


def test_noise_is_smoothed_the_same_at_every_pose(noise):
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
