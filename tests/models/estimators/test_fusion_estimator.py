"""Late fusion: the mean of its members, each of which stays what it is."""

import torch

from mmfsa.models import FusionEstimator
from mmfsa.structures import pose_to_matrix

SIX_D = dict(
    type='HeadPoseEstimator',
    backbone=dict(type='TwoStreamBackbone'),
    head=dict(type='Rotation6DHead', in_features=192),
)
BINNED = dict(SIX_D, head=dict(type='BinnedHead', in_features=192))


def test_the_mean_of_the_members():
    torch.manual_seed(0)
    model = FusionEstimator([SIX_D, BINNED]).eval()
    images = torch.rand(2, 3, 64, 64) * 255
    with torch.no_grad():
        outputs = model.outputs(images)
        members = [member(images) for member in model.estimators]
    torch.testing.assert_close(outputs['pose'], sum(members) / 2)
    assert 'rotation' not in outputs  # the binned head has none


def test_the_rotation_is_the_rotation_of_the_mean_pose():
    torch.manual_seed(0)
    model = FusionEstimator([SIX_D, SIX_D]).eval()
    with torch.no_grad():
        outputs = model.outputs(torch.rand(2, 3, 64, 64) * 255)
    torch.testing.assert_close(outputs['rotation'], pose_to_matrix(outputs['pose']))


def test_the_members_are_initialised():
    model = FusionEstimator([SIX_D, BINNED])
    biases = [
        parameter
        for name, parameter in model.named_parameters()
        if name.endswith('fusions.0.conv_relu.bias')
    ]
    # As torch leaves them.
    assert len(biases) > 1 and all(bias.any() for bias in biases)
    model.init_weights()
    assert not any(bias.any() for bias in biases)
