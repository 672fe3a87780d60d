"""Necks that any method may use: feature maps to what a head takes."""

from .flatten_neck import FlattenNeck
from .stage_alignment import StageAlignment

__all__ = ['FlattenNeck', 'StageAlignment']
