"""Losses that any method may use: a head's outputs and the labels to named numbers."""

from .base_loss import BaseLoss
from .bin_loss import BinLoss
from .build import build_loss
from .geodesic_loss import GeodesicLoss
from .l1_loss import L1Loss
from .labels import Labels
from .matrix_fisher_loss import MatrixFisherLoss
from .opal_loss import OpalLoss

__all__ = [
    'BaseLoss',
    'BinLoss',
    'GeodesicLoss',
    'L1Loss',
    'Labels',
    'MatrixFisherLoss',
    'OpalLoss',
    'build_loss',
]
