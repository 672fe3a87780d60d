"""The two-stream backbone: the paper's function, Keras' start."""

import torch
from torch import nn

from mmfsa.models import TwoStreamBackbone


def test_tanh_behind_the_maximum_is_the_same_function():
    """The streams as the paper writes them, block by block, give the same maps."""
    torch.manual_seed(0)
    backbone = TwoStreamBackbone().eval()
    x = torch.rand(2, 3, 64, 64) * 255
    stage = backbone.tanh_stream[0]
    conv1, conv2, conv3 = (m for m in stage if isinstance(m, nn.Sequential))
    literal = nn.functional.max_pool2d(conv1(x).tanh(), 2)
    literal = nn.functional.max_pool2d(conv3(conv2(literal).tanh()).tanh(), 2)
    torch.testing.assert_close(stage(x), literal, rtol=0, atol=0)


def test_init_is_glorot_uniform_with_the_limits_of_keras():
    torch.manual_seed(0)
    backbone = TwoStreamBackbone()
    backbone.init_weights()
    depthwise = backbone.relu_stream[2][2].depthwise.weight
    limit = (6 / (9 * 128 + 9)) ** 0.5
    assert 0.9 * limit < depthwise.abs().max() <= limit
    for name, parameter in backbone.named_parameters():
        if name.endswith('bias'):
            assert not parameter.any(), name
