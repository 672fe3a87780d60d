"""Parametric heads with exact pose: the embedded data set."""

from .dataset import SyntheticHeadDataset
from .factors import Factors

__all__ = ['Factors', 'SyntheticHeadDataset']
