"""What users call: one image, or any source of images."""

from .inferencer import HeadPoseInferencer
from .predictor import HeadPosePredictor

__all__ = ['HeadPoseInferencer', 'HeadPosePredictor']
