"""The modes of an estimator, its flip test, and what it says of a face that it fails on."""

import numpy as np
import pytest
import torch

from mmfsa.models import BaseEstimator, Labels
from mmfsa.structures import HeadPoseDataSample, geodesic_distance, pose_to_matrix

MIRROR = torch.tensor([-1.0, 1.0, -1.0])


class Said(BaseEstimator):
    """An estimator that answers with what a function says of the images."""

    def __init__(self, answer, **kwargs):
        super().__init__(**kwargs)
        self.answer = answer

    def regress(self, images):
        return self.answer(images)

    def loss(self, images, labels): ...


def left_to_right(images):
    """The yaw is how much brighter the right half is; over any axes before the width."""
    halves = images.flatten(1, -2).mean(1).unflatten(1, (2, -1)).mean(2)
    yaw = halves[:, 1] - halves[:, 0]
    return dict(pose=torch.stack([yaw, yaw * 0 + 4, yaw * 0 + 2], dim=1))


@pytest.mark.parametrize(
    'shape', [(5, 3, 6, 8), (5, 4, 3, 6, 8)], ids=['crops', 'clips']
)
def test_the_flip_test_mirrors_the_width(shape):
    images = torch.rand(shape)
    once = Said(left_to_right)(images)
    twice = Said(left_to_right, test_cfg=dict(flip_test=True))(images)
    # Its yaw changes its sign with the mirror, exactly; its roll does not.
    torch.testing.assert_close(twice[:, :2], once[:, :2])
    assert not twice[:, 2].any()


@pytest.mark.parametrize('head', ['SSRHead', 'Rotation6DHead'])
def test_flip_test_of_a_network(head, network):
    """The mean of two looks; a face and its mirror image then have mirrored poses."""
    once, twice = network(head), network(head, test_cfg=dict(flip_test=True))
    x = torch.rand(3, 3, 64, 64) * 255
    with torch.no_grad():
        seen, mirrored = once(x), once(x.flip(3)) * MIRROR
        assert (seen - mirrored).abs().max() > 1e-4
        torch.testing.assert_close(twice(x), (seen + mirrored) / 2)
        torch.testing.assert_close(twice(x.flip(3)), twice(x) * MIRROR)
        (sample, *_) = twice(x, mode='predict')
        outputs = twice.outputs(x)
    torch.testing.assert_close(sample.pred_pose, twice(x)[0], rtol=0, atol=1e-4)
    if 'rotation' in outputs:
        expected = pose_to_matrix(outputs['pose'])
        torch.testing.assert_close(outputs['rotation'], expected)
    assert ('rotation' in outputs) == (head == 'Rotation6DHead')


def test_the_mean_of_two_looks_at_a_head_from_behind():
    model = Said(
        lambda x: dict(pose=torch.tensor([[179.0, 2, 1]]).repeat(len(x), 1)),
        test_cfg=dict(flip_test=True),
    )
    pose = model(torch.zeros(1, 3, 64, 64))
    torch.testing.assert_close(pose, torch.tensor([[180.0, 2, 0]]))


def test_the_flip_test_of_what_else_a_network_says():
    """The mirror changes the sign of what varies between x and the other two axes."""
    spread = torch.arange(9.0).view(3, 3)

    def answer(images):
        n = len(images) // 2
        return dict(
            pose=torch.zeros(2 * n, 3),
            spread=spread.repeat(2 * n, 1, 1),
            valid=torch.tensor([True, True, False, True]),
            crop_offset=torch.tensor([[0.2, 0.1, 0.3]]).repeat(2 * n, 1),
        )

    model = Said(answer, test_cfg=dict(flip_test=True))
    outputs = model.outputs(torch.zeros(2, 3, 4, 4))
    expected = torch.tensor([[0.0, 0, 0], [0, 4, 5], [0, 7, 8]])
    torch.testing.assert_close(outputs['spread'][1], expected)
    assert outputs['valid'].tolist() == [False, True]
    torch.testing.assert_close(outputs['crop_offset'][0], torch.tensor([0, 0.1, 0.3]))


def test_test_cfg_takes_nothing_else():
    with pytest.raises(ValueError, match='flip_test only, not shift_heatmap'):
        Said(None, test_cfg=dict(shift_heatmap=True))


@pytest.mark.parametrize('flip_test', [False, True])
def test_a_pose_that_is_no_number_is_not_valid(flip_test):
    def answer(images):
        pose = images.flatten(1)[:, :3]
        return dict(pose=pose, rotation=pose_to_matrix(pose), spread=pose[:, 0])

    images = torch.ones(3, 3, 2, 2)
    images[1] = torch.nan
    images[2] = torch.inf
    model = Said(answer, test_cfg=dict(flip_test=flip_test))
    samples = model(images, mode='predict')
    assert [sample.valid for sample in samples] == [True, False, False]
    assert samples[0].pred_rotation.shape == (3, 3)
    assert samples[0].spread.shape == ()


def test_a_head_may_say_that_it_failed():
    valid = torch.tensor([True, False])
    model = Said(lambda _: dict(pose=torch.zeros(2, 3), valid=valid))
    samples = model(torch.zeros(2, 3, 4, 4), mode='predict')
    assert [sample.valid for sample in samples] == [True, False]
    assert 'pred_rotation' not in samples[0] and 'spread' not in samples[0]


def test_the_parts_that_need_float32(network):
    """The heads, of a fusion's members too; an estimator without a head has none."""
    from mmfsa.models import FusionEstimator

    model = network('SSRHead')
    assert model.float32_parts == [model.head]
    member = dict(
        type='HeadPoseEstimator',
        backbone=dict(type='TwoStreamBackbone'),
        head=dict(type='Rotation6DHead', in_features=192),
    )
    fusion = FusionEstimator([member, member])
    assert fusion.float32_parts == [part.head for part in fusion.estimators]
    assert Said(None).float32_parts == []


def test_predict_and_loss_modes(network):
    model = network('SSRHead')
    x = torch.rand(2, 3, 64, 64) * 255
    poses = model(x)
    predicted = model(x, mode='predict')
    torch.testing.assert_close(torch.stack([s.pred_pose for s in predicted]), poses)
    samples = [HeadPoseDataSample(gt_pose=p + 2) for p in poses.detach().numpy()]
    torch.testing.assert_close(
        model(x, samples, mode='loss')['loss'], torch.tensor(2.0), rtol=1e-4, atol=0
    )
    # Only the yaw of the first sample counts now.
    samples[0].set_metainfo(dict(weight=(1.0, 0.0, 0.0)))
    samples[0].gt_pose[1:] += 100
    samples[1].set_metainfo(dict(weight=0.0))
    samples[1].gt_pose += 100
    torch.testing.assert_close(
        model(x, samples, mode='loss')['loss'], torch.tensor(2.0), rtol=1e-4, atol=0
    )
    samples[0].set_metainfo(dict(weight=0.0))
    assert model(x, samples, mode='loss')['loss'] == 0
    with pytest.raises(ValueError, match='gt_pose'):
        model(x, mode='loss')
    with pytest.raises(ValueError, match="'nonsense'"):
        model(x, mode='nonsense')


def test_exact_rotations_reach_the_loss(network):
    model = network('Rotation6DHead')
    x = torch.rand(1, 3, 64, 64) * 255
    with torch.no_grad():
        rotation = model.outputs(x)['rotation'][0]
        sample = HeadPoseDataSample(gt_pose=np.zeros(3, np.float32))
        sample.gt_rotation = pose_to_matrix(torch.tensor([0.0, 0, 9])) @ rotation
        loss = model(x, [sample], mode='loss')['loss']
    expected = geodesic_distance(sample.gt_rotation, rotation)
    torch.testing.assert_close(loss, expected)
    assert loss.item() == pytest.approx(9, abs=1e-3)


def test_labels_are_stacked_once_for_each_step(network, samples, monkeypatch):
    """The members of a fusion take the same labels."""
    from mmfsa.models import FusionEstimator

    member = dict(
        type='HeadPoseEstimator',
        backbone=dict(type='TwoStreamBackbone'),
        head=dict(type='Rotation6DHead', in_features=192),
    )
    fusion = FusionEstimator([member, member])
    taken, stack = [], Labels.of.__func__
    monkeypatch.setattr(
        Labels,
        'of',
        classmethod(lambda *args: taken.append(stack(*args)) or taken[-1]),
    )
    seen = []
    for part in fusion.estimators:
        part.criterion.register_forward_pre_hook(lambda _, args: seen.append(args[1]))
    losses = fusion(torch.rand(2, 3, 64, 64), samples([[1, 2, 3]] * 2), mode='loss')
    assert losses.keys() == {'0.loss', '1.loss'}
    assert len(taken) == 1
    assert seen[0] is seen[1] is taken[0]
