"""The simplified models compute what the models compute."""

import copy

import numpy as np
import pytest
import torch
from mmengine import Config
from mmengine.model import BaseModule
from mmfsa.models.aggregation import capsule
from torch import nn

from mmfsa.deploy import for_deployment
from mmfsa.deploy.lean import STEPS, LeanSSRHead, squash
from mmfsa.deploy.parity import reference_poses
from mmfsa.models import SSRHead
from mmfsa.zoo import config_dir, get_config

VARIANTS = sorted(path.stem for path in config_dir().glob('*_p1.py'))


def assert_same(poses, reference):
    """Equal but for rounding, measured against how much the poses differ at all."""
    spread = reference.std(0).max()
    assert spread > 1e-3
    assert np.abs(poses - reference).max() < 1e-3 * min(spread, 1)


@pytest.mark.parametrize('name', VARIANTS)
def test_same_poses(name, lively, crops):
    model = lively(name)
    assert_same(
        reference_poses(for_deployment(model), crops), reference_poses(model, crops)
    )


def test_same_poses_with_the_authors_weights(official, crops):
    for name in ('fsa_caps_1x1_p1', 'fsa_caps_fusion_p1'):
        model = official(name)
        assert_same(
            reference_poses(for_deployment(model), crops), reference_poses(model, crops)
        )


def test_every_step_keeps_the_poses_and_changes_something(lively, crops):
    model = lively('fsa_caps_1x1_p1')
    reference = reference_poses(model, crops)
    kinds = [type(module) for module in model.modules()]
    for name, step in STEPS.items():
        model = step(model)
        assert_same(reference_poses(model, crops), reference)
        before, kinds = kinds, [type(module) for module in model.modules()]
        assert kinds != before, name


def test_the_model_itself_stays_as_it_was(lively):
    model = lively('fsa_caps_1x1_p1')
    before = copy.deepcopy(model.state_dict())
    for_deployment(model)
    after = model.state_dict()
    assert before.keys() == after.keys()
    assert all(torch.equal(before[key], after[key]) for key in before)


def test_no_batch_norm_is_left(lively):
    model = for_deployment(lively('fsa_caps_fusion_p1'))
    assert not any(isinstance(m, nn.BatchNorm2d) for m in model.modules())


@pytest.mark.parametrize('routings', [1, 3])
def test_other_numbers_of_routings(routings, lively, crops):
    neck = get_config('fsa_caps_1x1_p1').model.neck
    neck.aggregation.routings = routings
    model = lively('fsa_caps_1x1_p1', neck=neck)
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
def test_other_heads(head, merged, lively, crops):
    model = lively('fsa_caps_wo_p1', head=dict(type='SSRHead', **head))
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
    def forward(self, V):
        return super().forward(V) + 10


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
def test_parts_that_somebody_adds_stay_as_they_are(own, lively, crops):
    cfg = Config(dict(model=get_config('fsa_caps_1x1_p1').model))
    cfg.merge_from_dict(dict(model=own))
    model = lively('fsa_caps_1x1_p1', **cfg.model)
    assert_same(
        reference_poses(for_deployment(model), crops), reference_poses(model, crops)
    )


def test_squash_is_the_capsules():
    # From nothing at all to far beyond what occurs.
    lengths = torch.tensor([0, 1e-12, 1e-6, 1e-4, 1e-2, 1, 1e2, 1e6])
    s = torch.randn(100, 1, 16) * lengths[:, None]
    torch.testing.assert_close(squash(s), capsule.squash(s), rtol=1e-6, atol=5.1e-8)
    torch.testing.assert_close(
        squash(s, 1 / 3), capsule.squash(s / 3), rtol=1e-6, atol=5.1e-8
    )
