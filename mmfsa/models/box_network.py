"""The network that follows a face: a small grey view around a box to the face's box."""

import torch
import torch.nn as nn
from torch import Tensor

from .backbones.conv_norm import conv_norm

SIZE = 64  # pixels of a view's side
STAGES = 32, 48, 64, 96  # channels, each of half the pixels
REST = 0.5  # of the view's side, the sides of a box that the untrained network gives


class BoxNetwork(nn.Module):
    """Grey views to the boxes of the faces in them, and whether there is a face.

    Plain convolutions of stride 2 need few calls: on a CPU, calls take the time here.

    Args:
        hidden: Length of the vector before the last layer.
    """

    def __init__(self, hidden: int = 96) -> None:
        super().__init__()
        layers = []
        before = 1
        for after in STAGES:
            layers += [*conv_norm(before, after, 3, 2), nn.ReLU(inplace=True)]
            before = after
        pixels = (SIZE >> len(STAGES)) ** 2
        self.layers = nn.Sequential(
            *layers,
            nn.Flatten(),
            nn.Linear(before * pixels, hidden),
            nn.ReLU(inplace=True),
        )
        self.box = nn.Linear(hidden, 4)
        self.face = nn.Linear(hidden, 1)
        with torch.no_grad():
            self.box.weight.mul_(0.1)
            self.box.bias.copy_(torch.tensor([-1.0, -1.0, 1.0, 1.0]) * REST / 2)

    def forward(self, views: Tensor) -> tuple[Tensor, Tensor]:
        """
        Args:
            views: (N, SIZE, SIZE) grey, 0 to 255, as uint8 or as floats.

        Returns:
            The boxes (N, 4) x1, y1, x2, y2 of the 68 landmarks, in sides of the view from
            its middle; and the logits (N,) of whether each view shows one face there.
        """
        x = views.float()[:, None] / 127.5 - 1
        features = self.layers(x)
        return self.box(features), self.face(features)[:, 0]
