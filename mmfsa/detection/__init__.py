"""Face detectors: an image becomes boxes."""

from .base import BaseDetector, BoxRule, Detections
from .build import build_detector
from .centerface import CenterFace
from .mmdet import MMDet
from .mtcnn import MTCNN
from .whole_image import WholeImage
from .yunet import YuNet

__all__ = [
    'MTCNN',
    'BaseDetector',
    'BoxRule',
    'CenterFace',
    'Detections',
    'MMDet',
    'WholeImage',
    'YuNet',
    'build_detector',
]
