"""Backbones that any method may use: images to feature maps."""

from .mobilenet_v2 import MobileNetV2
from .repvgg import RepVGG
from .timm_backbone import TimmBackbone

__all__ = ['MobileNetV2', 'RepVGG', 'TimmBackbone']
