"""A head that moves: smoothly, within its limits, and the same for the same numbers."""

import numpy as np
import pytest

from mmfsa.synth.factors import Factors
from mmfsa.synth.motion import Motion

SECONDS = 8.0
TIMES = np.arange(0, SECONDS, 1 / 120)


@pytest.fixture
def motion(asset):
    def draw(seed, **factors):
        rng = np.random.default_rng(seed)
        return Motion(rng, SECONDS, Factors.changed(factors), asset, masked=False)

    return draw


def poses(motion):
    return np.array([motion.pose(time) for time in TIMES])


def test_a_head_moves_as_heads_do(motion):
    quickest = [
        np.linalg.norm(np.diff(poses(motion(seed)), axis=0), axis=1).max() * 120
        for seed in range(8)
    ]
    assert all(speed < 900 for speed in quickest), 'degrees per second'
    assert max(quickest) > 90, 'somebody turns'


def test_poses_stay_within_the_limit(motion):
    assert (
        max(np.abs(poses(motion(seed, max_angle=20.0))).max() for seed in range(4))
        <= 20
    )


def test_the_same_numbers_give_the_same_motion(motion):
    assert np.array_equal(poses(motion(3)), poses(motion(3)))
    assert not np.array_equal(poses(motion(3)), poses(motion(4)))


def test_eyes_blink_and_faces_change(motion, asset):
    motion = motion(0)
    faces = np.array([motion.expression(time) for time in TIMES])
    lids = faces[:, asset.columns(['eyeBlinkLeft'])]
    assert lids.max() > 0.9
    assert np.ptp(faces, axis=0).max() > 0.1
    assert np.abs(np.diff(faces, axis=0)).max() < 0.5  # in a 120th of a second
