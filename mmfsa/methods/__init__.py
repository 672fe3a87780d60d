"""Methods: whatever finds the poses of a frame's faces, behind one verb."""

from .base import Method
from .crop import CropMethod
from .ensemble import EnsembleMethod
from .estimator import MethodEstimator
from .finders import Dlib68, LandmarkFinder, MediaPipeMesh, OpenSeeFace
from .landmark import LandmarkMethod
from .loading import create_model, load_model
from .mmpose_landmarks import MMPoseLandmarks
from .rectified import RectifiedMethod

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
    'create_model',
    'load_model',
]
