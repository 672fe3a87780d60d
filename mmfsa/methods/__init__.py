"""Methods: whatever finds the poses of a frame's faces, behind one verb."""

from mmfsa.utils.lazy import attach

from .base import Method
from .crop import CropMethod
from .depth import DepthMethod
from .ensemble import EnsembleMethod
from .loading import create_model, load_model
from .rectified import RectifiedMethod
from .sequence import SequenceMethod
from .upright import UprightMethod

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
    'SequenceMethod',
    'UprightMethod',
    'create_model',
    'load_model',
]

# They need mmengine.
FINDERS = 'Dlib68', 'LandmarkFinder', 'MMPoseLandmarks', 'MediaPipeMesh', 'OpenSeeFace'
__getattr__ = attach(
    __name__,
    {
        **dict.fromkeys(FINDERS, '.finders'),
        'DepthRegistration': '.depth_registration',
        'FanelliForest': '.fanelli_forest',
        'LandmarkMethod': '.landmark',
        'MethodEstimator': '.estimator',
    },
)
