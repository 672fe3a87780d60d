"""Eight bits in place of floating point, as a quantized file of a network has them.

Weights and activations are rounded to what 8 bits can say, and go on as floats. So torch
computes what a runtime for integers computes, gradients pass, and the ONNX file gets
QuantizeLinear and DequantizeLinear.
"""

import torch
import torch.nn as nn
from torch import Tensor


class FakeQuantize(nn.Module):
    """Round to one of 256 values, evenly spaced between two bounds.

    Args:
        low: The lower bound, 0 or less.
        high: The upper bound.

    Attributes:
        scale: (1,) the distance of two values.
        zero_point: (1,) int32, which of the values is 0.
    """

    def __init__(self, low: float, high: float) -> None:
        super().__init__()
        scale = (high - low) / 255
        self.register_buffer('scale', torch.tensor([scale]))
        zero_point = torch.tensor([round(-low / scale)], dtype=torch.int32)
        self.register_buffer('zero_point', zero_point)

    def forward(self, x: Tensor) -> Tensor:
        """Values of any shape, rounded, as float32."""
        return torch.fake_quantize_per_tensor_affine(
            x.float(), self.scale, self.zero_point, 0, 255
        )


class QuantizedConv2d(nn.Conv2d):
    """A convolution with a bias, whose kernels are rounded to 8 bits.

    Attributes:
        scale: (out_channels,) the distance of two values of a channel's kernel.
    """

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs, bias=True)
        largest = self.weight.detach().abs().amax((1, 2, 3))
        self.register_buffer('scale', largest / 127)

    def forward(self, x: Tensor) -> Tensor:
        zero_point = torch.zeros_like(self.scale, dtype=torch.int32)
        weight = torch.fake_quantize_per_channel_affine(
            self.weight.float(), self.scale, zero_point, 0, -128, 127
        )
        return self._conv_forward(x, weight, self.bias)
