"""Methods: whatever finds the poses of a frame's faces, behind one verb."""

from .base import Method
from .crop import CropMethod
from .ensemble import EnsembleMethod
from .estimator import MethodEstimator
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
from .upright import UprightMethod

__all__ = [
    'CropMethod',
    'Dlib68',
    'EnsembleMethod',
    'LandmarkFinder',
    'LandmarkMethod',
    'MMPoseLandmarks',
    'MediaPipeMesh',
    'Method',
    'MethodEstimator',
    'OpenSeeFace',
    'RectifiedMethod',
    'UprightMethod',
    'create_model',
    'load_model',
]
