"""The structure maps of an estimator on crops."""

import numpy as np
import pytest
import torch

from mmfsa.models import FusionEstimator, HeadPoseEstimator, structure_maps

CROPS = np.random.default_rng(0).integers(0, 256, (2, 64, 64, 3), dtype=np.uint8)
BACKBONE = dict(type='TwoStreamBackbone')
NECK = dict(
    type='FSANeck',
    scoring=dict(type='ConvScoring'),
    mapping=dict(type='StructureMapping'),
    aggregation=dict(type='CapsuleAggregation'),
)
WITHOUT = dict(
    type='HeadPoseEstimator',
    backbone=BACKBONE,
    head=dict(type='Rotation6DHead', in_features=192),
)
WITH = dict(
    type='HeadPoseEstimator', backbone=BACKBONE, neck=NECK, head=dict(type='SSRHead')
)


def estimator(cfg):
    return HeadPoseEstimator(**{k: v for k, v in cfg.items() if k != 'type'}).eval()


def test_they_are_the_necks():
    model = estimator(WITH)
    with torch.no_grad():
        images = torch.from_numpy(CROPS).permute(0, 3, 1, 2).float()
        expected = model.neck.group(model.backbone(images))[1].M
    maps = structure_maps(model, CROPS)
    assert maps.shape == (2, 3, 5, 192)
    np.testing.assert_allclose(maps, expected, atol=1e-5)


def test_behind_another_neck():
    align = dict(type='StageAlignment', in_channels=(64, 64, 64), out_size=4)
    model = estimator(dict(WITH, neck=[align, dict(NECK, in_size=4)]))
    assert structure_maps(model, CROPS).shape == (2, 3, 5, 48)


def test_the_first_member_of_a_fusion_with_some_answers():
    model = FusionEstimator([WITHOUT, WITH]).eval()
    np.testing.assert_array_equal(
        structure_maps(model, CROPS), structure_maps(model.estimators[1], CROPS)
    )


def test_a_model_without_any_says_so():
    with pytest.raises(ValueError, match='no structure mapping'):
        structure_maps(estimator(WITHOUT), CROPS)
