"""Backbone, neck, head and loss joined."""

import pytest
import torch

from mmfsa.models import HeadPoseEstimator, Rotation6DHead
from mmfsa.registry import MODELS
from mmfsa.structures import geodesic_distance, pose_to_matrix
from mmfsa.zoo import get_config

HEADS = [dict(type='Rotation6DHead'), dict(type='BinnedHead')]
POSES = {
    'SSRHead': [[0, 0, 0], [90, -30, 5], [-60, 45, -97], [20, 10, 60]],
    'BinnedHead': [[0, 0, 0], [90, -30, 5], [-60, 45, -97], [20, 10, 60]],
    'Rotation6DHead': [[0, 0, 0], [100, 5, -10], [-170, 20, 3], [15, 2, -178]],
}
each_head = pytest.mark.parametrize('head', HEADS, ids=lambda head: head['type'])


@pytest.mark.parametrize('head', ['Rotation6DHead', 'BinnedHead'])
def test_without_a_neck_the_head_takes_the_backbones_features(head, network, samples):
    model = network(dict(type=head, in_features=3 * 64), neck=None).train()
    images = torch.rand(4, 3, 64, 64) * 255
    with torch.no_grad():
        features = model.extract_feat(images)
    assert [feature.shape for feature in features] == [(4, 64, 8, 8)] * 3
    sum(model(images, samples(POSES[head]), mode='loss').values()).backward()
    assert {n.split('.')[0] for n, _ in model.named_parameters()} == {
        'backbone',
        'head',
    }
    assert all(p.grad.isfinite().all() for p in model.parameters())


@pytest.mark.parametrize('head', ['SSRHead', 'Rotation6DHead', 'BinnedHead'])
def test_learns_through_the_heads_own_loss(head, network, samples):
    model = network(head).train()
    images, labelled = torch.rand(4, 3, 64, 64) * 255, samples(POSES[head])
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    history = []
    for _ in range(15):
        loss = sum(model(images, labelled, mode='loss').values())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        history.append(loss.item())
    assert history[-1] < 0.8 * history[0]


@pytest.mark.parametrize('head', ['Rotation6DHead', 'BinnedHead'])
def test_a_head_learns_a_few_faces_by_heart(head, samples):
    from mmfsa.models import Labels
    from mmfsa.models.losses import build_loss

    torch.manual_seed(0)
    head, poses = MODELS.build(dict(type=head)), POSES[head]
    V, labels = torch.randn(len(poses), 3, 16), Labels.of(samples(poses))
    criterion = build_loss(None, head)
    optimizer = torch.optim.Adam(head.parameters(), lr=0.03)
    for _ in range(500):
        outputs = head(V)
        outputs |= head.decode(outputs)
        optimizer.zero_grad()
        sum(criterion(outputs, labels).values()).backward()
        optimizer.step()
    said = pose_to_matrix(head.decode(head(V))['pose'])
    assert geodesic_distance(said, labels.rotation).max() < 2


def test_old_configs_have_no_loss(network):
    """Checkpoints and logs keep their names."""
    model = MODELS.build(get_config('fsa_caps_1x1_p1').model)
    assert isinstance(model, HeadPoseEstimator)
    parts = {key.split('.')[0] for key in model.state_dict()}
    assert parts == {'backbone', 'neck', 'head'}


@each_head
@pytest.mark.parametrize(
    'neck',
    [
        dict(aggregation=dict(type='LinearAggregation')),
        dict(aggregation=dict(type='NetVLADAggregation')),
        dict(scoring=dict(type='VarianceScoring')),
        dict(scoring=None, mapping=None),
    ],
    ids=lambda neck: '-'.join(neck),
)
def test_behind_every_neck(head, neck):
    cfg = get_config('fsa_caps_1x1_p1').model
    model = MODELS.build({**cfg, 'neck': {**cfg.neck, **neck}, 'head': head})
    assert model(torch.rand(2, 3, 64, 64)).shape == (2, 3)


@each_head
def test_behind_flattened_features(head):
    cfg = get_config('ssrnet_md_p1').model
    model = MODELS.build({**cfg, 'head': dict(head, in_features=1024 * 6)})
    assert model(torch.rand(2, 3, 64, 64)).shape == (2, 3)


def test_outputs_are_the_heads(network):
    model = network('Rotation6DHead')
    images = torch.rand(2, 3, 64, 64) * 255
    with torch.no_grad():
        outputs = model.outputs(images)
        expected = model.head.decode(model.head(model.extract_feat(images)))
    assert isinstance(model.head, Rotation6DHead)
    assert outputs.keys() == {'pose', 'rotation'}
    torch.testing.assert_close(outputs, expected)
