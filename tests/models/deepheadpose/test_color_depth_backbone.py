"""Colour and depth go through backbones of their own, and are mixed after each stage."""

import pytest
import torch

from mmfsa.models import ColorDepthBackbone
from mmfsa.registry import MODELS
from mmfsa.zoo import get_config

COLOR = dict(type='TwoStreamBackbone', stages=((4, 'P', 8, 'P'), (8, 'P'), (8,)))


def test_both_modalities_count():
    torch.manual_seed(0)
    backbone = ColorDepthBackbone(COLOR).eval()
    images = torch.rand(2, 4, 64, 64) * 255
    features = backbone(images)
    assert [tuple(f.shape[1:]) for f in features] == [*backbone.out_shapes]
    assert backbone.out_shapes == ((64, 8, 8),) * 3
    for channel in (0, 3):
        changed = images.clone()
        changed[:, channel] = 0
        assert not torch.allclose(backbone(changed)[0], features[0])


def test_maps_of_other_shapes_are_refused():
    with pytest.raises(ValueError, match='that of the depth'):
        ColorDepthBackbone(COLOR, dict(COLOR, in_channels=1, out_channels=32))


@pytest.mark.parametrize(
    ('name', 'channels'),
    [('two_stream', 4), ('early', 4), ('depth', 1), ('color', 3)],
)
def test_the_networks_of_the_experiments(name, channels):
    model = MODELS.build(get_config(f'deepheadpose_{name}').model).eval()
    assert model.inputs.channels == channels
    crops = torch.randint(0, 256, (2, model.inputs.planes, 64, 64), dtype=torch.uint8)
    inputs = model.data_preprocessor(dict(inputs=crops))['inputs']
    assert inputs.shape[1] == channels and model(inputs).shape == (2, 3)
