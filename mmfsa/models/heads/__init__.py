"""Heads that any method may use: features to named outputs, and those to poses."""

from .base_head import BaseHead
from .binned_head import BinnedHead
from .heatmap_head import HeatmapHead
from .landmark_pose import LandmarkPose
from .rotation_6d_head import Rotation6DHead

__all__ = ['BaseHead', 'BinnedHead', 'HeatmapHead', 'LandmarkPose', 'Rotation6DHead']
