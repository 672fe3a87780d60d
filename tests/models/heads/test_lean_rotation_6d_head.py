"""The 6D head for export says what the head says, of heads that look anywhere."""

import copy

import pytest
import torch

from mmfsa.models import Rotation6DHead


@pytest.fixture
def head():
    torch.manual_seed(0)
    return Rotation6DHead(8, hidden=(16,), spread=True, spread_factor=2, offset=True)


@torch.no_grad()
def test_the_same_of_all_directions(head):
    head.linear.weight *= 30  # far from a frontal face
    features = torch.randn(2000, 8)
    outputs = head(features)
    expected = head.decode(outputs)
    lean = copy.deepcopy(head).lean()
    assert lean is not head
    found = lean.decode(lean(features))
    assert found.keys() == expected.keys()
    assert (expected['pose'].abs().amax(dim=0) > torch.tensor([175, 85, 175])).all()
    apart = (found['pose'] - expected['pose']).abs()
    apart = torch.minimum(apart, 360 - apart)
    # Near to a pitch of 90 degrees, yaw and roll are one angle.
    clear = expected['pose'][:, 1].abs() < 89
    assert apart[clear].max() < 0.05
    for name in ('rotation', 'spread', 'crop_offset'):
        torch.testing.assert_close(found[name], expected[name], rtol=1e-4, atol=1e-5)


def test_another_frame_has_no_lean_form():
    head = Rotation6DHead(in_features=8, frame='opal')
    assert head.lean() is head
