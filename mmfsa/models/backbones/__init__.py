"""Backbones that any method may use: images to feature maps."""

from .mobilenet_v1 import MobileNetV1
from .mobilenet_v2 import MobileNetV2
from .repvgg import RepVGG
from .timm_backbone import TimmBackbone

__all__ = ['MobileNetV1', 'MobileNetV2', 'RepVGG', 'TimmBackbone']
