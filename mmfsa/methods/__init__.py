"""Methods: whatever finds the poses of a frame's faces, behind one verb."""

from .base import Method
from .crop import CropMethod
from .ensemble import EnsembleMethod
from .estimator import MethodEstimator
from .landmark import LandmarkMethod
from .loading import create_model, load_model
from .rectified import RectifiedMethod

__all__ = [
    'CropMethod',
    'EnsembleMethod',
    'LandmarkMethod',
    'Method',
    'MethodEstimator',
    'RectifiedMethod',
    'create_model',
    'load_model',
]
