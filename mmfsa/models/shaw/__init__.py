"""What is the own of Shaw's lightweight network (IEEE TMM)."""

from .lightweight_cnn import LightweightCNN

__all__ = ['LightweightCNN']
