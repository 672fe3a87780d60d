"""Methods: whatever finds the poses of a frame's faces, behind one verb."""

from .base import Method
from .crop import CropMethod
from .depth import DepthMethod
from .depth_registration import DepthRegistration
from .ensemble import EnsembleMethod
from .estimator import MethodEstimator
from .fanelli_forest import FanelliForest
from .finders import (
    Dlib68,
    LandmarkFinder,
    MediaPipeMesh,
    MMPoseLandmarks,
    OpenSeeFace,
)
from .landmark import LandmarkMethod
from .loading import create_model, load_model
from .rectified import RectifiedMethod

__all__ = [
    'CropMethod',
    'DepthMethod',
    'DepthRegistration',
    'Dlib68',
    'EnsembleMethod',
    'FanelliForest',
    'LandmarkFinder',
    'LandmarkMethod',
    'MMPoseLandmarks',
    'MediaPipeMesh',
    'Method',
    'MethodEstimator',
    'OpenSeeFace',
    'RectifiedMethod',
    'create_model',
    'load_model',
]
