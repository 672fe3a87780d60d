"""Heads that any method may use: features to named outputs, and those to poses."""

from .angle_head import AngleHead
from .base_head import BaseHead
from .binned_head import BinnedHead
from .heatmap_head import HeatmapHead
from .landmark_head import LandmarkHead
from .landmark_pose import LandmarkPose
from .matrix_fisher_head import MatrixFisherHead
from .quaternion_head import QuaternionHead
from .rotation_6d_head import Rotation6DHead

__all__ = [
    'AngleHead',
    'BaseHead',
    'BinnedHead',
    'HeatmapHead',
    'LandmarkHead',
    'LandmarkPose',
    'MatrixFisherHead',
    'QuaternionHead',
    'Rotation6DHead',
]
