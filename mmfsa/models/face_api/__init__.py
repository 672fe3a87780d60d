"""What is the own of face-api.js' two networks of 68 landmarks."""

from .backbone import FaceApiBackbone

__all__ = ['FaceApiBackbone']
