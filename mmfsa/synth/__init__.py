"""Rendered heads with exact poses: a data set that needs no download."""

from .dataset import SyntheticHeadDataset
from .factors import Factors

__all__ = ['Factors', 'SyntheticHeadDataset']
