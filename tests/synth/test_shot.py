"""Drawn poses: within their limits, and distributed as in photographs."""

import numpy as np
import pytest

from mmfsa.synth import Factors
from mmfsa.synth.shot import draw_pose


def draw(number, **factors):
    """(number, 3) drawn poses."""
    rng = np.random.default_rng(0)
    return np.array([draw_pose(rng, Factors(**factors)) for _ in range(number)])


@pytest.fixture(scope='module')
def drawn():
    """(1500, 3) poses as they are drawn by default."""
    return draw(1500)


@pytest.mark.parametrize('limit', [20, 99, 180])
def test_poses_stay_within_their_limit_and_use_it(limit):
    poses = draw(500, max_angle=limit)
    assert np.abs(poses).max() <= limit
    assert np.abs(poses[:, 0]).max() > 0.9 * limit
    assert np.abs(poses[:, [0, 2]].mean(0)).max() < 0.1 * limit


def test_profiles_are_tilted_little(drawn):
    """Where pitch and roll grow without bound, and only there, they are cut."""
    poses = np.abs(drawn)
    tilts = poses[:, 1:].max(axis=1)
    is_profile = np.abs(poses[:, 0] - 90) < 15
    assert 50 < tilts[is_profile].max() <= 60
    assert tilts[~is_profile].max() > 80
    free = np.abs(draw(1000, profile_tilt=99))
    assert free[free[:, 0] > 80, 1:].max() > 80


def test_poses_are_distributed_as_those_of_photographs(drawn, aflw2000):
    """Spread of all angles, and how pitch and roll go together in profile."""
    real, _ = aflw2000
    assert np.allclose(drawn.mean(0), real.mean(0), atol=5)
    assert np.allclose(drawn.std(0), real.std(0), rtol=0.3)
    for poses in (drawn, real):
        profile = poses[np.abs(poses[:, 0]) > 60]
        pitch, roll = profile[:, 1], profile[:, 2] * np.sign(profile[:, 0])
        assert np.corrcoef(pitch, roll)[0, 1] > 0.8
