"""The learned smoother that comes with mmfsa: calm, prompt, and the same at any rate."""

import numpy as np
import pytest

from mmfsa.structures import geodesic_distance, pose_to_matrix
from mmfsa.tracking import Clip, LearnedRotationFilter, PoseSmoother, measure_clips
from mmfsa.tracking.learned import NETWORK


def head(fps, lost=0.0, seconds=12, seed=0):
    """A head that rests, turns and rests: times, exact poses and noisy ones."""
    rng = np.random.default_rng(seed)
    times = np.arange(0, seconds, 1 / fps)
    times = times[rng.random(len(times)) >= lost]
    turn = np.clip((times % 4 - 1.5) / 0.5, 0, 1)
    yaw = 30 * turn**2 * (3 - 2 * turn) * np.where(times // 4 % 2, -1, 1)
    exact = np.stack([yaw, 0.3 * yaw, 0 * yaw], axis=1)
    return times, exact, exact + rng.normal(0, 1.2, exact.shape)


def smoothed(times, poses, **kwargs):
    smoother = PoseSmoother('learned', **kwargs)
    return np.array(
        [smoother(*one) for one in zip(times, [1] * len(times), poses, strict=True)]
    )


@pytest.mark.parametrize(
    ('fps', 'lost'), [(30, 0), (30, 0.3), (15, 0), (60, 0), (25, 0.1)]
)
def test_it_calms_heads_at_any_rate(fps, lost):
    clips = []
    for seed in range(3):
        times, exact, found = head(fps, lost, seed=seed)
        clips.append(Clip(times, found, smoothed(times, found), exact))
    found = measure_clips(clips)
    assert found.smoothed_jitter < found.jitter / 3
    assert found.lag <= 0.06
    before, after = (
        np.concatenate(
            [
                geodesic_distance(pose_to_matrix(poses), pose_to_matrix(clip.reference))
                for clip in clips
                for poses in [getattr(clip, name)]
            ]
        ).mean()
        for name in ('poses', 'smoothed')
    )
    assert after < before


def test_the_first_pose_stays_and_time_must_go_on():
    smoother = LearnedRotationFilter()
    first = pose_to_matrix([40.0, -10, 5])
    np.testing.assert_allclose(smoother(2.0, first), first, atol=1e-5)
    with pytest.raises(ValueError, match=r'frame at 2\.0 s follows one at 2\.0 s'):
        smoother(2.0, first)


def test_what_comes_out_is_a_rotation_whatever_goes_in():
    rng = np.random.default_rng(0)
    smoother = LearnedRotationFilter()
    for i in range(60):
        matrix = pose_to_matrix(rng.uniform(-180, 180, 3))
        smooth = smoother(
            i + rng.uniform(0, 0.9), matrix, rng.choice([np.nan, 0.0, 50.0])
        )
        np.testing.assert_allclose(smooth @ smooth.T, np.eye(3), atol=1e-4)


def test_it_is_small():
    assert NETWORK.stat().st_size < 80_000
