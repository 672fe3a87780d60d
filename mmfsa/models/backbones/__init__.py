"""Backbones that any method may use: images to feature maps."""

from .residual_backbone import ResidualBackbone
from .timm_backbone import TimmBackbone

__all__ = ['ResidualBackbone', 'TimmBackbone']
