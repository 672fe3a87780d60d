"""What is OpenVINO's head-pose-estimation-adas-0001's own (Open Model Zoo)."""

from .backbone import Adas0001Backbone
from .head import Adas0001Head

__all__ = ['Adas0001Backbone', 'Adas0001Head']
