"""Eight bits in place of floating point, as a quantized file of a network has them.

Weights and activations are rounded to what 8 bits can say, and go on as floats. So torch
computes what a runtime for integers computes, gradients pass, and the ONNX file gets
QuantizeLinear and DequantizeLinear.
"""

import torch
import torch.nn as nn
from torch import Tensor


def rounded(x: Tensor, scale: Tensor, low: int | Tensor, high: int | Tensor) -> Tensor:
    """Round values to whole numbers of steps; gradients pass through.

    Args:
        x: Values of any shape.
        scale: The size of a step, of a shape that fits.
        low: The smallest number of steps.
        high: The largest.

    >>> rounded(torch.tensor([0.26, -0.5, 9.0]), torch.tensor(0.5), 0, 255)
    tensor([0.5000, 0.0000, 9.0000])
    """
    steps = (x / scale).clamp(low, high)
    return (steps.round() + (steps - steps.detach())) * scale


class FakeQuantize(nn.Module):
    """Round to one of 256 values, evenly spaced between two bounds.

    Args:
        low: The lower bound, 0 or less.
        high: The upper bound.

    Attributes:
        scale: () the distance of two values.
        zero_point: () int32, which of the values is 0.
    """

    def __init__(self, low: float, high: float) -> None:
        super().__init__()
        scale = (high - low) / 255
        self.register_buffer('scale', torch.tensor(scale))
        zero_point = torch.tensor(round(-low / scale), dtype=torch.int32)
        self.register_buffer('zero_point', zero_point)

    def forward(self, x: Tensor) -> Tensor:
        """Values of any shape, rounded, as float32."""
        x, scale = x.float(), self.scale.float()
        if torch.onnx.is_in_onnx_export():  # it knows this operation only
            return torch.fake_quantize_per_tensor_affine(
                x, float(scale), int(self.zero_point), 0, 255
            )
        low = -self.zero_point.to(x)
        return rounded(x, scale, low, low + 255)


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
        """Maps (N, c, h, w) to others, in float32."""
        weight, scale = self.weight.float(), self.scale.float()
        if torch.onnx.is_in_onnx_export():
            zero_point = torch.zeros_like(scale, dtype=torch.int32)
            weight = torch.fake_quantize_per_channel_affine(
                weight, scale, zero_point, 0, -128, 127
            )
        else:
            weight = rounded(weight, scale[:, None, None, None], -128, 127)
        return self._conv_forward(x.float(), weight, self.bias.float())
