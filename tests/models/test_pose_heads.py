"""The 6D and the binned head: known answers, losses, learning, range."""

import math

import numpy as np
import pytest
import torch
from torch import nn

from mmfsa.models import BinnedHead, Rotation6DHead
from mmfsa.registry import MODELS
from mmfsa.structures import (
    HeadPoseDataSample,
    geodesic_distance,
    matrix_to_rotation_6d,
    pose_to_matrix,
    wrapped_difference,
)
from mmfsa.zoo import get_config

HEADS = [dict(type='Rotation6DHead'), dict(type='BinnedHead')]
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


def samples(poses, **metainfo):
    return [
        HeadPoseDataSample(gt_pose=np.array(p, np.float32), metainfo=metainfo)
        for p in poses
    ]


def through(head):
    """Make the head's layer pass on its input."""
    head.linear = nn.Identity()
    return head


def saying(poses):
    """What the 6D head must be given to say these poses."""
    wanted = matrix_to_rotation_6d(pose_to_matrix(np.array(poses, np.float64)))
    return torch.from_numpy(wanted - FRONTAL)


def logits_of(bins, num_bins):
    """Features with which the binned head is sure of one bin for each angle."""
    return (
        (nn.functional.one_hot(torch.tensor(bins), num_bins) * 1e4).float().flatten(1)
    )


def test_6d_says_every_pose_of_a_head_exactly():
    head = through(Rotation6DHead(in_features=6))
    poses = head(saying(ALL_AROUND))
    np.testing.assert_allclose(poses, ALL_AROUND, atol=1e-6)


def test_6d_says_a_rotation_whose_pitch_is_beyond_90_by_its_other_triple():
    upside_down = [[20.0, 170.0, 10.0]]
    poses = through(Rotation6DHead(in_features=6))(saying(upside_down))
    assert poses[0, 1].abs() < 90
    assert (wrapped_difference(poses, upside_down) < 1e-6).all()


def test_6d_starts_from_a_frontal_face():
    head = Rotation6DHead()
    nn.init.zeros_(head.linear.weight)
    nn.init.zeros_(head.linear.bias)
    assert not head(torch.rand(2, 3, 16)).any()


def test_6d_loss_is_the_geodesic_distance():
    head = through(Rotation6DHead(in_features=6))
    said = [[10.0, 0, 0], [0, 0, 0], [179, 0, 0]]
    labelled = samples([[40.0, 0, 0], [0, 0, -20], [-179, 0, 0]])
    assert head.loss(saying(said), labelled)['loss'].item() == pytest.approx(52 / 3)
    for sample, weight in zip(labelled, (2.0, 0.0, [0.5, 1.0, 0.0]), strict=True):
        sample.set_metainfo(dict(weight=weight))
    expected = (2 * 30 + 0.5 * 2) / 2.5
    assert head.loss(saying(said), labelled)['loss'].item() == pytest.approx(expected)


@pytest.mark.parametrize('error', [0.0, 1e-6, 90.0, 180.0])
def test_6d_loss_has_finite_gradients_everywhere(error):
    features = saying([[0.0, 0, error]]).requires_grad_()
    head = through(Rotation6DHead(in_features=6))
    head.loss(features, samples([[0, 0, 0]]))['loss'].backward()
    assert features.grad.isfinite().all()


def test_binned_says_the_middle_of_the_bin_it_is_sure_of():
    head = through(BinnedHead(in_features=198))
    poses = head(logits_of([[0, 33, 65], [32, 34, 1]], 66))
    torch.testing.assert_close(
        poses, torch.tensor([[-97.5, 1.5, 97.5], [-1.5, 4.5, -94.5]])
    )


def test_binned_mixes_bins():
    head = through(BinnedHead(in_features=6, num_bins=2, angle_range=90.0))
    probabilities = torch.tensor([[0.25, 0.75], [0.5, 0.5], [1.0, 1e-30]])
    poses = head(probabilities.log()[None].flatten(1))
    torch.testing.assert_close(poses, torch.tensor([[22.5, 0.0, -45.0]]))


def test_binned_loss_is_cross_entropy_and_alpha_times_square():
    head = through(BinnedHead(in_features=198, alpha=0.5))
    evenly = torch.zeros(1, 198)  # every bin alike: the angles are 0
    losses = head.loss(evenly, samples([[3.0, -6.0, 0.0]]))
    assert losses['loss_bins'].item() == pytest.approx(math.log(66), rel=1e-5)
    assert losses['loss_angles'].item() == pytest.approx(0.5 * (9 + 36) / 3, rel=1e-5)
    weighted = samples([[3.0, -6.0, 0.0]], weight=[1.0, 0.0, 0.0])
    assert head.loss(evenly, weighted)['loss_angles'].item() == pytest.approx(4.5)


@pytest.mark.parametrize(
    ('angle', 'right'), [(-99, 0), (-96.01, 0), (-96, 1), (0, 33), (98.9, 65), (99, 65)]
)
def test_binned_labels_fall_into_their_bins(angle, right):
    head = through(BinnedHead(in_features=198, alpha=0.0))
    sure = logits_of([[right] * 3], 66)
    loss = head.loss(sure, samples([[angle] * 3]))['loss_bins']
    assert loss.item() == pytest.approx(0, abs=1e-6)


def test_binned_refuses_labels_beyond_its_bins():
    labelled = samples([[0, 0, 0], [0, -120, 0]], img_path='faces/7.jpg')
    with pytest.raises(ValueError, match=r'faces/7\.jpg.*-120.*±99.*max_angle=99'):
        BinnedHead().loss(torch.rand(2, 48), labelled)
    BinnedHead(angle_range=180.0).loss(torch.rand(2, 48), labelled)


@pytest.mark.parametrize(
    ('head', 'poses'),
    [
        (Rotation6DHead, ALL_AROUND),
        (BinnedHead, [[0, 0, 0], [90, -30, 5], [-60, 45, -97], [20, 10, 60]]),
    ],
)
def test_learns_a_few_faces_by_heart(head, poses):
    torch.manual_seed(0)
    head = head()
    V = torch.randn(len(poses), 3, 16)
    labelled = samples(poses)
    optimizer = torch.optim.Adam(head.parameters(), lr=0.03)
    for _ in range(500):
        loss = sum(head.loss(V, labelled).values())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    said, wanted = (pose_to_matrix(torch.as_tensor(p)) for p in (head(V), poses))
    assert geodesic_distance(said, wanted.float()).max() < 2


@pytest.mark.parametrize('head', HEADS, ids=lambda head: head['type'])
def test_the_whole_network_learns_through_the_head(head):
    torch.manual_seed(0)
    cfg = get_config('fsa_caps_1x1_p1').model
    model = MODELS.build({**cfg, 'head': head}).train()
    images = torch.rand(4, 3, 64, 64) * 255
    labelled = samples([[0, 0, 0], [90, -30, 5], [-60, 45, -97], [20, 10, 60]])
    before = {name: p.clone() for name, p in model.named_parameters()}
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    history = []
    for _ in range(15):
        loss = sum(model(images, labelled, mode='loss').values())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        history.append(loss.item())
    assert history[-1] < 0.8 * history[0]
    changed = {
        n.split('.')[0] for n, p in model.named_parameters() if (p != before[n]).any()
    }
    assert changed == {'backbone', 'neck', 'head'}


@pytest.mark.parametrize('head', HEADS, ids=lambda head: head['type'])
@pytest.mark.parametrize(
    'neck',
    [
        dict(aggregation=dict(type='LinearAggregation')),
        dict(aggregation=dict(type='NetVLADAggregation')),
        dict(scoring=dict(type='VarianceScoring')),
        dict(scoring=dict(type='UniformScoring'), mapping=None),
    ],
    ids=lambda neck: '-'.join(neck),
)
def test_behind_every_neck(head, neck):
    cfg = get_config('fsa_caps_1x1_p1').model
    model = MODELS.build({**cfg, 'neck': {**cfg.neck, **neck}, 'head': head})
    assert model(torch.rand(2, 3, 64, 64)).shape == (2, 3)


@pytest.mark.parametrize('head', HEADS, ids=lambda head: head['type'])
def test_behind_flattened_features(head):
    cfg = get_config('ssrnet_md_p1').model
    model = MODELS.build({**cfg, 'head': dict(head, in_features=1024 * 6)})
    assert model(torch.rand(2, 3, 64, 64)).shape == (2, 3)
