"""Angles by linear layers: their number, their order, what they refuse."""

import pytest
import torch

from mmfsa.models import AngleHead


def test_one_layer_is_a_linear_function():
    head = AngleHead(2)
    with torch.no_grad():
        head.layers[0].weight.copy_(torch.tensor([[1.0, 0], [0, 1], [1, 1]]))
        head.layers[0].bias.copy_(torch.tensor([0.0, 0, 5]))
    outputs = head((torch.tensor([[10.0, -20]]),))
    assert head.decode(outputs)['pose'].tolist() == [[10, -20, -5]]


def test_layers_before_the_last_have_a_relu():
    head = AngleHead(8, hidden=(16, 4))
    assert [type(layer).__name__ for layer in head.layers] == [
        'Linear',
        'ReLU',
        'Linear',
        'ReLU',
        'Linear',
    ]
    assert head(torch.rand(2, 8))['angles'].shape == (2, 3)


def test_other_features_are_refused():
    with pytest.raises(ValueError, match='in_features=8 of a sample, got 9'):
        AngleHead(8)(torch.rand(2, 9))
