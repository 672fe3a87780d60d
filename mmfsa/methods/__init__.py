"""Methods: whatever finds the poses of a frame's faces, behind one verb."""

from .base import Method
from .crop import CropMethod
from .ensemble import EnsembleMethod
from .estimator import MethodEstimator
from .landmark import LandmarkMethod
from .loading import create_model, load_model
from .mmpose_landmarks import MMPoseLandmarks
from .rectified import RectifiedMethod

__all__ = [
    'CropMethod',
    'EnsembleMethod',
    'LandmarkMethod',
    'MMPoseLandmarks',
    'Method',
    'MethodEstimator',
    'RectifiedMethod',
    'create_model',
    'load_model',
]
