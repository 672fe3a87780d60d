"""Losses that any method may use: a head's outputs and the labels to named numbers."""

from .base_loss import BaseLoss
from .bin_loss import BinLoss
from .build import build_loss
from .geodesic_loss import GeodesicLoss
from .heatmap_loss import HeatmapLoss
from .l1_loss import L1Loss
from .labels import Labels
from .output_losses import OutputL2Loss, OutputNLLLoss
from .quaternion_loss import QuaternionLoss
from .rotation_nll_loss import RotationNLLLoss
from .sum_loss import SumLoss

__all__ = [
    'BaseLoss',
    'BinLoss',
    'GeodesicLoss',
    'HeatmapLoss',
    'L1Loss',
    'Labels',
    'OutputL2Loss',
    'OutputNLLLoss',
    'QuaternionLoss',
    'RotationNLLLoss',
    'SumLoss',
    'build_loss',
]
