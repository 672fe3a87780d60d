"""Rounding to 8 bits, and what gradients make of it."""

import torch

from mmfsa.models import OpNetBackbone
from mmfsa.models.quantization import FakeQuantize, QuantizedConv2d


def test_values_are_rounded_between_the_bounds():
    quantize = FakeQuantize(-2.0, 3.1)
    assert float(quantize.scale) == torch.tensor(0.02)
    assert int(quantize.zero_point) == 100
    x = torch.tensor([-5.0, 0.0, 0.029, 0.031, 9.0], requires_grad=True)
    y = quantize(x)
    torch.testing.assert_close(y, torch.tensor([-2.0, 0.0, 0.02, 0.04, 3.1]))
    y.sum().backward()
    assert x.grad.tolist() == [0, 50 * 0.02, 50 * 0.02, 50 * 0.02, 0]


def test_kernels_have_255_steps_in_each_channel():
    torch.manual_seed(0)
    conv = QuantizedConv2d(4, 3, 3)
    one = conv(torch.zeros(1, 4, 3, 3))
    torch.testing.assert_close(one.flatten(), conv.bias)
    seen = conv(torch.eye(36).view(36, 4, 3, 3)) - one
    steps = seen.flatten(2)[..., 0] / conv.scale
    assert (steps - steps.round()).abs().max() < 1e-3
    assert steps.abs().max().round() == 127


def test_a_network_in_8_bits_learns():
    torch.manual_seed(0)
    backbone = OpNetBackbone(quantized=True)
    backbone(torch.rand(2, 1, 65, 65) - 0.5).square().sum().backward()
    assert all(p.grad.isfinite().all() for p in backbone.parameters())
    assert backbone.stem.conv.weight.grad.abs().sum() > 0
