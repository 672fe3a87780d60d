"""Bins of angles: Hopenet's labels, three kinds of angles at once."""

import numpy as np
import pytest
import torch

from mmfsa.models.bins import Bins


def test_angles_fall_into_the_bins_of_hopenet(shared):
    """The original's bin of +99 does not exist; here +99 is in the last one."""
    golden = np.load(shared / 'reference/rivals/golden/units_bins.npz')
    bins = Bins(66, 99.0)
    angles = torch.from_numpy(golden['angle64'])
    poses = torch.stack([angles] * 3, dim=1)
    expected = torch.from_numpy(golden['hopenet_bin'])
    inside = (expected >= 0) & (expected <= 65)
    assert torch.equal(bins.of(poses)[inside, 0], expected[inside])
    last = angles == 99
    assert last.any() and (bins.of(poses)[last] == 65).all()
    assert torch.equal(bins.beyond(poses), ~inside & ~last)


def test_each_angle_has_its_own_bins():
    bins = Bins((120, 66, 2), (180.0, 99.0, 90.0))
    assert bins.most == 120
    assert str(bins) == '±180, ±99, ±90'
    assert str(Bins(66, 99.0)) == '±99'
    pose = torch.tensor([[180.0, 99.0, 90.0], [-180.0, -99.0, -90.0], [0.0, 0.0, 0.0]])
    assert bins.of(pose).tolist() == [[119, 65, 1], [0, 0, 0], [60, 33, 1]]
    assert not bins.beyond(pose).any()
    beyond = torch.tensor([[180.0, 100.0, 0.0], [181.0, 0.0, 0.0], [0.0, 0.0, -91.0]])
    assert bins.beyond(beyond).all()
    angles = bins.angles(0.0, like=pose)
    assert angles[0, [0, 60, 119]].tolist() == [-180, 0, 177]
    assert angles[2, :2].tolist() == [-90, 0]
    assert bins.angles(0.5, like=pose)[2, :2].tolist() == [-45, 45]


def test_other_settings_are_refused():
    with pytest.raises(ValueError, match=r'at least 2, got \(66, 1, 66\)'):
        Bins((66, 1, 66), 99.0)
    with pytest.raises(ValueError, match=r'angle_range must be one number, or one for'):
        Bins(66, (99.0, 99.0))
