"""The simplified models compute what the models compute."""

import copy

import numpy as np
import pytest
import torch
from mmengine import Config
from mmengine.model import BaseModule
from torch import nn

from mmfsa.deploy import for_deployment
from mmfsa.deploy.lean import deployment_steps
from mmfsa.deploy.parity import reference_poses
from mmfsa.models import BaseEstimator, SSRHead
from mmfsa.models.fsanet.lean_ssr_head import LeanSSRHead
from mmfsa.zoo import config_dir, get_config

VARIANTS = sorted(path.stem for path in config_dir().glob('*_p1.py'))


def assert_same(poses, reference):
    """Equal but for rounding, measured against how much the poses differ at all."""
    spread = reference.std(0).max()
    assert spread > 1e-3
    assert np.abs(poses - reference).max() < 1e-3 * min(spread, 1)


@pytest.mark.parametrize('name', VARIANTS)
def test_same_poses(name, random_model, crops):
    model = random_model(name)
    assert_same(
        reference_poses(for_deployment(model), crops), reference_poses(model, crops)
    )


def test_same_poses_with_the_authors_weights(official, crops):
    for name in ('fsa_caps_1x1_p1', 'fsa_caps_fusion_p1'):
        model = official(name)
        assert_same(
            reference_poses(for_deployment(model), crops), reference_poses(model, crops)
        )


def test_every_step_keeps_the_poses_and_changes_something(random_model, crops):
    model = random_model('fsa_caps_1x1_p1')
    reference = reference_poses(model, crops)
    kinds = [type(module) for module in model.modules()]
    names = []
    for name, lean in deployment_steps(model):
        assert_same(reference_poses(lean, crops), reference)
        before, kinds = kinds, [type(module) for module in lean.modules()]
        assert kinds != before, name
        names.append(name)
    assert names == [
        'batch norms folded',
        'FSANeck made lean',
        'CapsuleAggregation made lean',
        'SSRHead made lean',
    ]


def test_the_model_itself_stays_as_it_was(random_model):
    model = random_model('fsa_caps_1x1_p1')
    before = copy.deepcopy(model.state_dict())
    for_deployment(model)
    after = model.state_dict()
    assert before.keys() == after.keys()
    assert all(torch.equal(before[key], after[key]) for key in before)


def test_no_batch_norm_is_left(random_model):
    model = for_deployment(random_model('fsa_caps_fusion_p1'))
    assert not any(isinstance(m, nn.BatchNorm2d) for m in model.modules())


@pytest.mark.parametrize('routings', [1, 3])
def test_other_numbers_of_routings(routings, random_model, crops):
    neck = get_config('fsa_caps_1x1_p1').model.neck
    neck.aggregation.routings = routings
    model = random_model('fsa_caps_1x1_p1', neck=neck)
    assert_same(
        reference_poses(for_deployment(model), crops), reference_poses(model, crops)
    )


@pytest.mark.parametrize(
    ('head', 'merged'),
    [
        (dict(num_bins=(2, 3, 5)), True),
        (dict(angle_range=180.0), True),
        (dict(lambda_=0.5), False),
    ],
)
def test_other_heads(head, merged, random_model, crops):
    model = random_model('fsa_caps_wo_p1', head=dict(type='SSRHead', **head))
    lean = for_deployment(model)
    assert isinstance(lean.head, LeanSSRHead if merged else SSRHead)
    assert_same(reference_poses(lean, crops), reference_poses(model, crops))


class Loudest(BaseModule):
    """A scoring function that looks at the whole map."""

    def __init__(self, in_channels):  # noqa: ARG002
        super().__init__()

    def forward(self, feature):
        mean = feature.mean(dim=(1, 2, 3), keepdim=True)
        return (feature - mean).abs().mean(dim=1)


class Inclined(SSRHead):
    def decode(self, outputs):
        return dict(pose=super().decode(outputs)['pose'] + 10)


class Mean(BaseModule):
    """A mapping: the mean of the pixels, weighted by their scores."""

    num_candidates = 1

    def __init__(self, num_pixels, num_stages):  # noqa: ARG002
        super().__init__()

    def forward(self, U, attention):
        A = torch.stack(attention, 1).flatten(1).unsqueeze(1)
        return A @ U / A.sum(dim=2, keepdim=True), None


@pytest.mark.parametrize(
    'own',
    [
        dict(neck=dict(scoring=dict(type=Loudest))),
        dict(neck=dict(mapping=dict(type=Mean))),
        dict(head=dict(type=Inclined)),
    ],
    ids=['scoring', 'mapping', 'head'],
)
def test_parts_that_somebody_adds_stay_as_they_are(own, random_model, crops):
    cfg = Config(dict(model=get_config('fsa_caps_1x1_p1').model))
    cfg.merge_from_dict(dict(model=own))
    model = random_model('fsa_caps_1x1_p1', **cfg.model)
    assert_same(
        reference_poses(for_deployment(model), crops), reference_poses(model, crops)
    )


class Small(BaseEstimator):
    """An estimator around layers of a test."""

    def __init__(self, layers):
        super().__init__()
        self.layers = layers

    def regress(self, images):
        return dict(pose=self.layers(images).mean((2, 3))[:, :3])

    def loss(self, images, labels): ...


def trained(layers):
    """An estimator whose batch norms have seen images."""
    torch.manual_seed(0)
    model = Small(layers)
    for _ in range(5):
        layers.train()(3 * torch.randn(8, 3, 16, 16) + 2)
    return model.eval()


def test_a_batch_norm_that_does_more_stays(crops):
    class Activated(nn.BatchNorm2d):
        def forward(self, x):
            return super().forward(x).relu()

    for norm in (nn.BatchNorm2d(4), Activated(4)):
        model = trained(
            nn.Sequential(nn.Conv2d(3, 4, 3), norm, nn.Conv2d(4, 4, 1), nn.ReLU())
        )
        lean = for_deployment(model)
        assert_same(reference_poses(lean, crops), reference_poses(model, crops))
        folded = type(lean.layers[1]) is nn.Identity
        assert folded == (type(norm) is nn.BatchNorm2d)


class Otherwise(nn.Module):
    """Layers whose order is another than that of their registration."""

    def __init__(self, order):
        super().__init__()
        self.one = nn.Conv2d(3, 3, 3, padding=1)
        self.norm = nn.BatchNorm2d(3)
        self.two = nn.Conv2d(3, 3, 3, padding=1)
        self.order = order

    def forward(self, x):
        for name in self.order:
            x = getattr(self, name)(x)
        return x


@pytest.mark.parametrize(
    'order',
    [
        ['norm', 'one', 'two'],
        ['one', 'two', 'norm'],
        ['one', 'norm', 'two', 'norm'],
        ['two', 'one', 'norm'],
    ],
    ids=' '.join,
)
def test_layers_that_run_in_another_order_compute_the_same(order, crops):
    model = trained(Otherwise(order))
    training = model.train().training
    lean = for_deployment(model)
    assert model.training == training
    expected = reference_poses(model, crops)
    assert_same(reference_poses(lean, crops), expected)
    # Registered right after the convolution that it follows, it is folded.
    folded = order == ['two', 'one', 'norm']
    assert (type(lean.layers.norm) is nn.Identity) == folded
