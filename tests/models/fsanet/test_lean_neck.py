"""The neck for export computes what the neck computes, or stays the neck."""

import pytest
import torch

from mmfsa.models import ConvScoring, FSANeck, StructureMapping
from mmfsa.models.fsanet.lean_neck import LeanNeck

PARTS = dict(
    aggregation=dict(type='LinearAggregation'),
    mapping=dict(type='StructureMapping'),
    scoring=dict(type='ConvScoring'),
)


class Doubled(ConvScoring):
    def forward(self, feature):
        return 2 * super().forward(feature)


class Halved(StructureMapping):
    def forward(self, U, A):
        return super().forward(U / 2, A)


@pytest.mark.parametrize(
    'parts',
    [
        {},
        dict(scoring=dict(type='VarianceScoring')),
        dict(scoring=dict(type='UniformScoring')),
        dict(scoring=None, mapping=None),
        dict(in_size=(4, 6), in_channels=12, num_stages=2),
    ],
    ids=['1x1', 'var', 'uniform', 'wo', 'other sizes'],
)
def test_the_same_vectors(parts):
    torch.manual_seed(0)
    neck = FSANeck(**{**PARTS, **parts})
    features = [torch.randn(3, *shape) for shape in neck.in_shapes]
    lean = neck.lean()
    assert isinstance(lean, LeanNeck)
    torch.testing.assert_close(lean(features), neck(features), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    'parts',
    [
        dict(scoring=dict(type=Doubled)),
        dict(mapping=dict(type=Halved)),
        dict(as_tuple=True),
    ],
    ids=['scoring', 'mapping', 'tuple'],
)
def test_what_computes_something_else_is_not_replaced(parts):
    neck = FSANeck(**{**PARTS, **parts})
    assert neck.lean() is neck
