"""Faces of rare poses count more, as far as the limit lets them."""

import numpy as np
import pytest

from mmfsa.datasets import HeadPoseDataset
from mmfsa.datasets.balance import rarity


@pytest.fixture
def poses():
    """Many frontal faces, some of the left profile, few of the right one that look up."""
    yaws = np.repeat([0.0, 60.0, -60.0], [900, 90, 10])
    pitches = np.repeat([0.0, 0.0, 40.0], [900, 90, 10])
    rolls = np.random.RandomState(0).uniform(-45, 45, 1000)
    return np.stack([yaws, pitches, rolls], axis=1)


def test_the_rarer_the_more(poses):
    factors = rarity(poses, power=0.5, limit=100)
    frontal, left, up = factors[0], factors[900], factors[-1]
    assert frontal < left < up
    assert left / frontal == pytest.approx((900 * 2 / 90) ** 0.5, rel=0.05)
    assert factors.mean() == pytest.approx(1)
    assert np.ptp(factors[:900]) == 0  # a turn in the image changes nothing


def test_mirror_images_are_alike(poses):
    mirrored = poses * [-1, 1, -1]
    np.testing.assert_allclose(rarity(poses, 0.5, 9), rarity(mirrored, 0.5, 9))


def test_the_limit_and_no_balance(poses):
    factors = rarity(poses, power=1, limit=3)
    assert factors.max() / factors.min() == pytest.approx(3)
    np.testing.assert_allclose(rarity(poses, power=0, limit=3), 1)


@pytest.mark.parametrize('power, limit', [(-0.1, 3), (1.1, 3), (0.5, 0.9)])
def test_what_is_no_balance(poses, power, limit):
    with pytest.raises(ValueError, match='must be'):
        rarity(poses, power, limit)


def test_poses_at_the_ends_of_the_range():
    assert rarity([[180, -180, 0], [-180, 180, 0]], 0.5, 3).tolist() == [1, 1]


def test_a_data_set_with_balance(write_index):
    def spread_out(index):
        for i, entry in enumerate(index['data_list']):
            entry.update(yaw=80 if i == 0 else 0, pitch=0, roll=0)
            entry['weight'] = [1, 0.5, 0.25] if i == 0 else 0.5

    root = write_index(spread_out)
    faces = HeadPoseDataset(data_root=str(root), balance=dict(power=1, limit=2))
    rare, usual = (faces.get_data_info(i)['weight'] for i in (0, 1))
    assert rare[0] / (usual / 0.5) == pytest.approx(2)
    np.testing.assert_allclose(rare, np.array([1, 0.5, 0.25]) * rare[0])
