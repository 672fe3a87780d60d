"""VGG16 regression: the size that FSA-Net's Table 3 states, and a pose."""

import pytest
import torch

from mmfsa.registry import MODELS
from mmfsa.zoo import get_config


def test_the_network_has_the_size_of_the_table():
    with torch.device('meta'):
        model = MODELS.build(get_config('vgg16_biwi').model)
    size = sum(parameter.numel() for parameter in model.parameters())
    assert size == 138_458_947
    assert 4 * size > 500e6  # bytes


@pytest.mark.slow
def test_a_training_step(samples):
    model = MODELS.build(get_config('vgg16_biwi').model)
    images = torch.rand(1, 3, 224, 224)
    with torch.no_grad():
        losses = model(images, samples([[30, -10, 5]]), mode='loss')
    assert losses['loss'] > 0
