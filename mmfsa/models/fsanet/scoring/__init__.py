"""Scoring functions: how much every pixel matters (Section 3.4)."""

from .conv import ConvScoring
from .uniform import UniformScoring
from .variance import VarianceScoring

__all__ = ['ConvScoring', 'UniformScoring', 'VarianceScoring']
