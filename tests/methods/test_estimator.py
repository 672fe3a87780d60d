"""A method in the place of a runner's model."""

from types import SimpleNamespace

import pytest
from mmengine import Config

from mmfsa.methods import LandmarkMethod, MethodEstimator
from mmfsa.methods.estimator import loader
from mmfsa.zoo import get_config


def test_the_protocol_says_the_order_of_the_angles():
    estimator = MethodEstimator(LandmarkMethod(order='as_published'))
    assert estimator.protocol['order'] == 'as_published'


@pytest.mark.parametrize('order', ['xyz', 'as_published'])
def test_settings_of_a_method_without_a_network_count(order):
    cfg = get_config('given_12_pnp')
    asked = Config(dict(method=dict(cfg.method, order=order), model={}))
    runner = SimpleNamespace(cfg=asked)
    assert loader(cfg, None)(runner) == {}
    assert runner.model.method.order == order
    assert runner.model.method.points.subset == 'anthropometric'


def test_a_network_of_crops_needs_its_checkpoint_only():
    assert loader(get_config('fsa_caps_1x1_p1'), None) is None
