"""OpNet's backbone: MobileNetV1 with a wider stem and shortcuts, to one vector."""

import torch.nn as nn
import torch.nn.functional as F
from torch import Tensor

from mmfsa.registry import MODELS

from ..backbones.mobilenet_v1 import LARGEST, MobileNetV1
from ..quantization import FakeQuantize


@MODELS.register_module()
class OpNetBackbone(MobileNetV1):
    """Grey images to one vector of features.

    Args:
        quantized: Round kernels and activations to 8 bits. Such a network is made of the
            authors' quantized file; trained anew, it has no batch norm.
        init_cfg: Weight initialisation.

    Attributes:
        out_features: Length of the vector.
    """

    def __init__(self, quantized: bool = False, init_cfg: dict | None = None) -> None:
        super().__init__(1.0, 1, 5, True, quantized, init_cfg)
        self.out_features = self.out_channels[0]
        self.quantize_input = FakeQuantize(-0.5, 0.5) if quantized else nn.Identity()
        self.quantize_features = (
            FakeQuantize(0, LARGEST) if quantized else nn.Identity()
        )

    def forward(self, images: Tensor) -> Tensor:
        """
        Args:
            images: (N, 1, H, W) grey, −0.5 to 0.5.

        Returns:
            (N, 1024) the means of the last feature maps.
        """
        (maps,) = super().forward(self.quantize_input(images))
        features = self.quantize_features(F.adaptive_avg_pool2d(maps, 1))
        return features.flatten(1).to(images.dtype)
