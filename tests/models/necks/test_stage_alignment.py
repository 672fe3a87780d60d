"""What brings foreign feature maps to FSA-Net, and its structures to foreign heads."""

import torch

from mmfsa.models import StageAlignment, StructurePooling
from mmfsa.registry import MODELS


def test_alignment_gives_the_deepest_stage_first():
    align = StageAlignment((1, 2), out_channels=1, out_size=2)
    for projection, value in zip(align.projections, (1.0, 10.0), strict=True):
        torch.nn.init.constant_(projection.weight, value)
        torch.nn.init.zeros_(projection.bias)
    shallow, deep = torch.ones(1, 1, 4, 4), torch.ones(1, 2, 1, 1)
    deepest, shallowest = align([shallow, deep])
    torch.testing.assert_close(deepest, torch.full((1, 1, 2, 2), 20.0))
    torch.testing.assert_close(shallowest, torch.ones(1, 1, 2, 2))


def test_alignment_halves_by_the_mean_of_four_pixels():
    align = StageAlignment((1,), out_channels=1, out_size=4)
    torch.nn.init.ones_(align.projections[0].weight)
    torch.nn.init.zeros_(align.projections[0].bias)
    image = torch.rand(2, 1, 8, 8)
    (halved,) = align([image])
    torch.testing.assert_close(halved, torch.nn.functional.avg_pool2d(image, 2))


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
