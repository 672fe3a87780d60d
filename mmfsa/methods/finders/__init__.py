"""Networks that find landmarks, but no pose: for `LandmarkMethod`."""

from .base import LandmarkFinder
from .dlib_68 import Dlib68
from .mediapipe_mesh import MediaPipeMesh
from .mmpose_landmarks import MMPoseLandmarks
from .openseeface import OpenSeeFace

__all__ = [
    'Dlib68',
    'LandmarkFinder',
    'MMPoseLandmarks',
    'MediaPipeMesh',
    'OpenSeeFace',
]
