"""The network of OpNet's face localizer: a whole frame to one box."""

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch import Tensor

SIZE = 288, 224  # width and height of the frame that it sees
REACH = 1.5  # how far the box's centre can lie from the frame's, in half frames
LEAST_VARIANCE = 1e-4
# Channels, kernel, stride and expansion of the inverted residuals.
BLOCKS = (
    (12, 3, 2, 2),
    (12, 3, 1, 2),
    (20, 3, 2, 4),
    (20, 3, 1, 4),
    (20, 3, 1, 4),
    (32, 5, 2, 2),
    (32, 5, 1, 2),
    (32, 3, 1, 2),
    (32, 3, 1, 2),
    (56, 3, 2, 2),
    (56, 3, 1, 2),
    (56, 3, 1, 2),
)


def conv(
    in_channels: int,
    out_channels: int,
    kernel: int = 1,
    stride: int = 1,
    groups: int = 1,
) -> nn.Conv2d:
    """A convolution with a bias, which the batch norm of the authors' is folded into."""
    return nn.Conv2d(
        in_channels, out_channels, kernel, stride, kernel // 2, groups=groups
    )


class InvertedResidual(nn.Module):
    """Widen, convolve each channel, narrow; what comes in is added where it fits."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel: int,
        stride: int,
        expansion: int,
    ) -> None:
        super().__init__()
        width = in_channels * expansion
        self.shortcut = in_channels == out_channels and stride == 1
        self.layers = nn.Sequential(
            conv(in_channels, width),
            nn.ReLU(),
            conv(width, width, kernel, stride, width),
            nn.ReLU(),
            conv(width, out_channels),
        )

    def forward(self, x: Tensor) -> Tensor:
        return x + self.layers(x) if self.shortcut else self.layers(x)


class HeadLocalizer(nn.Module):
    """A grey frame to the box of the one face in it, and whether there is one.

    A map of attention is the box: its centre of mass is the box's centre, and its
    standard deviation half the box's size.
    """

    def __init__(self) -> None:
        super().__init__()
        layers = [conv(1, 8, 3, 2), nn.ReLU(), conv(8, 8, 3, groups=8), nn.ReLU()]
        layers.append(conv(8, 8))
        channels = 8
        for out_channels, kernel, stride, expansion in BLOCKS:
            layers.append(
                InvertedResidual(channels, out_channels, kernel, stride, expansion)
            )
            channels = out_channels
        self.layers = nn.Sequential(*layers, conv(channels, 2))

    def forward(self, frames: Tensor) -> tuple[Tensor, Tensor]:
        """
        Args:
            frames: (N, 1, H, W) grey, −0.5 to 0.5, of the size :data:`SIZE`.

        Returns:
            The logits (N,) of whether there is a face; and its boxes (N, 4) x1, y1, x2,
            y2, −1 to 1 from the left (upper) edge of the frame to the right (lower) one.
        """
        face, attention = self.layers(frames).unbind(1)
        height, width = attention.shape[1:]
        attention = F.softmax(attention.flatten(1), dim=1).view_as(attention)
        x = torch.linspace(-1, 1, width).to(attention).expand(height, width)
        y = torch.linspace(-1, 1, height).to(attention)[:, None].expand(height, width)
        places = REACH * torch.stack([x, y])
        attention = attention[:, None]
        centre = (attention * places).sum((2, 3))
        square = (places - centre[..., None, None]).square()
        half = ((attention * square).sum((2, 3)) + LEAST_VARIANCE).sqrt()
        boxes = torch.cat([centre - half, centre + half], dim=1)
        return face.mean((1, 2)), boxes
