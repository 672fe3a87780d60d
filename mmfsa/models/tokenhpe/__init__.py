"""What is the own of TokenHPE: tokens of regions of directions (Zhang et al., CVPR 2023)."""

from .orientation_tokens import OrientationTokens
from .region_head import RegionHead
from .region_loss import RegionLoss

__all__ = ['OrientationTokens', 'RegionHead', 'RegionLoss']
