"""What is TokenHPE's own: tokens of regions (Zhang et al., CVPR 2023)."""

from .orientation_tokens import OrientationTokens
from .region_head import RegionHead
from .region_loss import RegionLoss

__all__ = ['OrientationTokens', 'RegionHead', 'RegionLoss']
