"""Types in configs are compared as classes, not as strings."""

import pytest
from mmengine.evaluator import BaseMetric, DumpResults

from mmfsa.evaluation import HeadPoseMetric
from mmfsa.registry import METRICS, TRANSFORMS, is_type

NAMES = (
    'HeadPoseMetric',
    'mmfsa.HeadPoseMetric',
    'mmfsa.evaluation.HeadPoseMetric',
    HeadPoseMetric,
)


@pytest.mark.parametrize('name', NAMES)
def test_every_spelling_is_the_class(name):
    assert is_type(dict(type=name), METRICS, HeadPoseMetric)
    assert is_type(dict(type=name), METRICS, BaseMetric)
    assert not is_type(dict(type=name), METRICS, DumpResults)


@pytest.mark.parametrize(
    'cfg',
    [
        dict(type='NoSuchMetric'),
        dict(type='nowhere.HeadPoseMetric'),
        dict(type='MyCropFace'),
        dict(type=None),
        dict(expected_num=3),
        'HeadPoseMetric',
        None,
        7,
    ],
)
def test_all_else_is_not(cfg):
    assert not is_type(cfg, METRICS, HeadPoseMetric)
    assert not is_type(cfg, TRANSFORMS, object)
