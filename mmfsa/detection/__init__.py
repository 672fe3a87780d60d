"""Face detectors: each gives the boxes of the faces in an image."""

from .base import BaseDetector, find_faces
from .build import build_detector
from .centerface import CenterFace
from .mmdet import MMDet
from .mtcnn import MTCNN
from .opnet_localizer import OpNetLocalizer
from .whole_image import WholeImage
from .yunet import YuNet

__all__ = [
    'MTCNN',
    'BaseDetector',
    'CenterFace',
    'MMDet',
    'OpNetLocalizer',
    'WholeImage',
    'YuNet',
    'build_detector',
    'find_faces',
]
