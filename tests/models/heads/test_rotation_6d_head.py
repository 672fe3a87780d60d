"""The 6D head: known answers, and its range."""

import numpy as np
import torch
from torch import nn

from mmfsa.models import Rotation6DHead
from mmfsa.structures import matrix_to_rotation_6d, pose_to_matrix, wrapped_difference

FRONTAL = np.array([1, 0, 0, 0, 1, 0])
ALL_AROUND = [
    [0, 0, 0],
    [30, -10, 5],
    [100, 5, -10],
    [-170, 20, 3],
    [179.5, -40, 150],
    [15, 2, -178],
    [-95, -60, 120],
]


def decoded(poses):
    """What the head says when its layer gives the 6D representation of poses."""
    wanted = matrix_to_rotation_6d(pose_to_matrix(np.array(poses, np.float64)))
    head = Rotation6DHead(in_features=6)
    head.linear = nn.Identity()
    return head.decode(head(torch.from_numpy(wanted - FRONTAL)))


def test_says_every_pose_of_a_head_exactly():
    said = decoded(ALL_AROUND)
    np.testing.assert_allclose(said['pose'], ALL_AROUND, atol=1e-6)
    np.testing.assert_allclose(said['rotation'], pose_to_matrix(ALL_AROUND), atol=1e-9)


def test_says_a_rotation_whose_pitch_is_beyond_90_by_its_other_triple():
    upside_down = [[20.0, 170.0, 10.0]]
    poses = decoded(upside_down)['pose']
    assert poses[0, 1].abs() < 90
    assert (wrapped_difference(poses, upside_down) < 1e-6).all()


def test_starts_from_a_frontal_face():
    head = Rotation6DHead()
    nn.init.zeros_(head.linear.weight)
    nn.init.zeros_(head.linear.bias)
    assert not head.decode(head(torch.rand(2, 3, 16)))['pose'].any()


def test_hidden_layers_and_spread():
    torch.manual_seed(0)
    head = Rotation6DHead(4, hidden=(5, 3), spread=True, spread_factor=3)
    features = torch.rand(2, 4)
    outputs = head(features)
    first, second = head.hidden[0], head.hidden[2]
    vector = second(first(features).relu()).relu()
    frontal = torch.tensor([1.0, 0, 0, 0, 1, 0])
    torch.testing.assert_close(
        outputs['rotation_6d'], frontal + head.linear(vector), rtol=0, atol=1e-6
    )
    scales = outputs['rotation_scales']
    assert (scales.diagonal(dim1=1, dim2=2) > 0).all()
    spread = head.decode(outputs)['spread']
    degrees = 3 * scales * (180 / np.pi)
    torch.testing.assert_close(spread, degrees @ degrees.transpose(1, 2))
