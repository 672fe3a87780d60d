"""What analyses start from: the crop that a config's network takes."""

import pytest
from mmengine import Config

from mmfsa.evaluation.faces import crop_arguments, crop_size
from mmfsa.zoo import get_config, models


@pytest.mark.parametrize('name', models())
def test_every_experiment_has_a_crop(name):
    cfg = get_config(name)
    assert crop_arguments(cfg).get('pad', 0.6) in (0.4, 0.6)
    assert crop_size(cfg) == (64, 64)


def test_a_scoped_crop_of_another_size():
    step = dict(type='mmfsa.CropFace', pad=0.1, size=(96, 80))
    cfg = Config(dict(test_dataloader=dict(dataset=dict(pipeline=[step]))))
    assert crop_arguments(cfg) == dict(pad=0.1, size=(96, 80))
    assert crop_size(cfg) == (96, 80)


def test_a_config_without_a_crop_is_named():
    with pytest.raises(ValueError, match=r'has no test_dataloader.*CropFace'):
        crop_arguments(Config(dict(test_dataloader=dict())))
