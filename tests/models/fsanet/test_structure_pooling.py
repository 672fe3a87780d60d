"""The structure mapping between a foreign backbone and a foreign head."""

import torch

from mmfsa.models import StructurePooling
from mmfsa.registry import MODELS


def test_pooling_tells_its_channels():
    features = [torch.rand(2, 8, 8, 8), torch.rand(2, 16, 4, 4)]
    for out in ('vector', 'map'):
        neck = StructurePooling((8, 16), out=out)
        (pooled,) = neck(features)
        assert pooled.shape[1] == neck.out_channels


def test_pooling_to_a_vector_is_the_structure_mapping():
    neck = StructurePooling((8, 16))
    features = [torch.rand(2, 8, 8, 8), torch.rand(2, 16, 4, 4)]
    stages = neck.align(features)
    fsa = MODELS.build(
        dict(
            type='FSANeck',
            scoring=dict(type='ConvScoring'),
            mapping=dict(type='StructureMapping'),
            aggregation=dict(type='LinearAggregation'),
            num_stages=2,
        )
    )
    fsa.scoring, fsa.mapping = neck.scoring, neck.mapping
    (pooled,) = neck(features)
    torch.testing.assert_close(pooled, fsa.group(stages)[0].flatten(1))


def test_pooling_to_a_map_keeps_the_pixels_and_adds_a_mean_of_the_candidates():
    neck = StructurePooling((4,), out='map', channels=5, size=(2, 3))
    features = [torch.rand(2, 4, 4, 6)]
    (stage,) = neck.align(features)
    added = neck(features)[0] - stage
    U = stage.flatten(2).transpose(1, 2)
    candidates, _ = neck.mapping(U, [neck.scoring(stage)])
    low, high = candidates.amin(1), candidates.amax(1)
    assert (added.flatten(2) >= low[..., None] - 1e-5).all()
    assert (added.flatten(2) <= high[..., None] + 1e-5).all()
