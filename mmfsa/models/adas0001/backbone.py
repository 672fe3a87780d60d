"""The backbone of head-pose-estimation-adas-0001 (Open Model Zoo's network file)."""

from collections import OrderedDict

import torch.nn as nn
from mmengine.model import BaseModule
from torch import Tensor

from mmfsa.registry import MODELS


@MODELS.register_module()
class Adas0001Backbone(BaseModule):
    """Images to one feature map, at a sixteenth of their size less a border.

    The images are normalised inside. After a convolution comes a ReLU, and after the
    ReLU a batch norm. The convolutions with stride 2 and the last one have neither.

    Args:
        init_cfg: Weight initialisation.
    """

    def __init__(self, init_cfg: dict | None = None) -> None:
        super().__init__(init_cfg)
        self.layers = nn.Sequential(
            OrderedDict(
                bn_data=nn.BatchNorm2d(3),
                conv1=nn.Conv2d(3, 32, 3, padding=1),
                relu1=nn.ReLU(inplace=True),
                bn1=nn.BatchNorm2d(32),
                pool1=nn.Conv2d(32, 16, 3, stride=2, padding=1),
                conv2=nn.Conv2d(16, 64, 3, padding=1),
                relu2=nn.ReLU(inplace=True),
                bn2=nn.BatchNorm2d(64),
                pool2=nn.MaxPool2d(3, stride=2, ceil_mode=True),
                conv3=nn.Conv2d(64, 128, 3, padding=1),
                relu3=nn.ReLU(inplace=True),
                bn3=nn.BatchNorm2d(128),
                pool3=nn.Conv2d(128, 64, 3, stride=2, padding=1),
                conv4=nn.Conv2d(64, 128, 3, padding=1),
                relu4=nn.ReLU(inplace=True),
                bn4=nn.BatchNorm2d(128),
                pool4=nn.MaxPool2d(3, stride=2, ceil_mode=True),
                conv5=nn.Conv2d(128, 256, 3, padding=1),
                relu5=nn.ReLU(inplace=True),
                bn5=nn.BatchNorm2d(256),
                conv_fm=nn.Conv2d(256, 512, 3),
            )
        )

    def forward(self, images: Tensor) -> tuple[Tensor]:
        """Images (N, 3, 60, 60), BGR of 0 to 255, to ((N, 512, 2, 2),)."""
        return (self.layers(images),)
