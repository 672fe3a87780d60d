"""Backbones that any method may use: images to feature maps."""

from .timm_backbone import TimmBackbone

__all__ = ['TimmBackbone']
