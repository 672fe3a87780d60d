"""OpNet's small pieces, against what the authors' code gives."""

import pytest
import torch

from mmfsa.models import OpNetHead
from mmfsa.models.heads.scales import TriangularScales, positive
from mmfsa.models.losses import Labels, OutputNLLLoss, QuaternionLoss, RotationNLLLoss
from mmfsa.models.opnet.pose_offset import LocalPoseOffset
from mmfsa.structures import (
    geodesic_distance,
    matrix_to_rotation_vector,
    quaternion_to_matrix,
)


@pytest.fixture(scope='module')
def units(golden):
    return golden('opnet_units')


def test_positive_numbers(units):
    found = positive(units['smoothclip0_in64'])
    torch.testing.assert_close(found, units['smoothclip0_out64'])


def test_triangles_have_the_diagonal_first(units):
    scales = TriangularScales(6).double()
    entries = units['tri_in64']
    scales.linear.weight.data = torch.cat([torch.zeros(1, 6), torch.eye(6)]).double()
    scales.linear.bias.data.zero_()
    found = scales(entries)
    expected = units['tri_out64']
    diagonal = positive(entries[:, :3]) + 1e-6
    torch.testing.assert_close(found.diagonal(dim1=1, dim2=2), diagonal)
    torch.testing.assert_close(found.tril(-1), expected.tril(-1))


def test_rotation_vectors(units):
    one, other = (quaternion_to_matrix(units[f'q_{name}64']) for name in 'ab')
    found = matrix_to_rotation_vector(one.transpose(1, 2) @ other)
    torch.testing.assert_close(found, units['q_rotation_delta64'])
    torch.testing.assert_close(
        geodesic_distance(one, other).deg2rad(), units['q_geodesic64']
    )


def labels(units, row, **others):
    exact = {0: quaternion_to_matrix(units['q_b64'][row])}
    return Labels(torch.zeros(1, 3).double(), exact=exact, others=others)


@pytest.mark.parametrize('row', range(10))
def test_losses_of_rotations_and_places(row, units):
    rotation = quaternion_to_matrix(units['q_a64'][row])[None]
    scales = units['nll_L64'][row][None]
    outputs = dict(
        rotation=rotation,
        rotation_scales=scales,
        place=units['nll_c64'][row][None],
        place_scales=scales,
    )
    known = labels(units, row, place=units['nll_c_target64'][row][None])
    place = OutputNLLLoss('place', outliers=0.001, volume=4.0)
    for loss, name in (
        (QuaternionLoss(), 'q_distance64'),
        (RotationNLLLoss(), 'nll_rot64'),
        (place, 'nll_coord64'),
    ):
        found = loss(outputs, known)['loss']
        torch.testing.assert_close(found, units[name][row], rtol=1e-6, atol=1e-6)


def test_an_offset_of_nothing_changes_nothing():
    quaternion = torch.tensor([[0.5, 0.5, 0.5, 0.5]])
    place = torch.tensor([[0.1, 0.2, 0.3]])
    found = LocalPoseOffset()(quaternion, place)
    torch.testing.assert_close(found, (quaternion, place))


def test_an_offset_turns_about_the_heads_own_axis():
    offset = LocalPoseOffset()
    offset.values.data = torch.tensor([0.3, 0.0, 0.0])
    aside = torch.tensor([[0.0, 0.5**0.5, 0.0, 0.5**0.5]])
    turned, _ = offset(aside, torch.zeros(1, 3))
    relative = quaternion_to_matrix(aside).transpose(1, 2) @ quaternion_to_matrix(
        turned
    )
    found = matrix_to_rotation_vector(relative)
    torch.testing.assert_close(found, torch.tensor([[0.3, 0, 0]]), atol=1e-6, rtol=0)


def test_a_new_head_begins_in_the_middle():
    head = OpNetHead(in_features=8).eval()
    outputs = head(torch.zeros(2, 8))
    torch.testing.assert_close(outputs['place'][:, 2], torch.full((2,), 1.5))
    torch.testing.assert_close(outputs['rotation_scales'][0], torch.eye(3))
    assert head.decode(outputs)['spread'].shape == (2, 3, 3)
    assert 'points' not in outputs
