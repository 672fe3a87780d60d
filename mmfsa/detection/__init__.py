"""Face detectors: each gives the boxes of the faces in an image."""

from .base import BaseDetector, find_faces
from .blazeface import BlazeFace, BlazeFaceFull
from .build import FACES, build_detector
from .centerface import CenterFace
from .mmdet import MMDet
from .mtcnn import MTCNN
from .openseeface import OpenSeeFaceDetector
from .opnet_localizer import OpNetLocalizer
from .whole_image import WholeImage
from .yunet import YuNet

__all__ = [
    'FACES',
    'MTCNN',
    'BaseDetector',
    'BlazeFace',
    'BlazeFaceFull',
    'CenterFace',
    'MMDet',
    'OpNetLocalizer',
    'OpenSeeFaceDetector',
    'WholeImage',
    'YuNet',
    'build_detector',
    'find_faces',
]
