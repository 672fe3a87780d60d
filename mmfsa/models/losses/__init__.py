"""Losses that any method may use: a head's outputs and the labels to named numbers."""

from .base_loss import BaseLoss
from .bin_loss import BinLoss
from .build import build_loss
from .consistency_loss import ConsistencyLoss
from .geodesic_loss import GeodesicLoss
from .heatmap_loss import HeatmapLoss
from .l1_loss import L1Loss
from .l2_loss import L2Loss
from .labels import Labels
from .matrix_fisher_loss import MatrixFisherLoss
from .opal_loss import OpalLoss
from .output_losses import OutputL2Loss, OutputNLLLoss, OutputWingLoss
from .quaternion_loss import QuaternionLoss
from .rotation_nll_loss import RotationNLLLoss
from .sum_loss import SumLoss

__all__ = [
    'BaseLoss',
    'BinLoss',
    'ConsistencyLoss',
    'GeodesicLoss',
    'HeatmapLoss',
    'L1Loss',
    'L2Loss',
    'Labels',
    'MatrixFisherLoss',
    'OpalLoss',
    'OutputL2Loss',
    'OutputNLLLoss',
    'OutputWingLoss',
    'QuaternionLoss',
    'RotationNLLLoss',
    'SumLoss',
    'build_loss',
]
