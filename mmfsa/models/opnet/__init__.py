"""What is OpNet's own: the head pose network of opentrack (Welter, arXiv 2407.05357)."""

from .backbone import OpNetBackbone
from .face_points import FacePoints
from .head import OpNetHead
from .localizer import HeadLocalizer

__all__ = ['FacePoints', 'HeadLocalizer', 'OpNetBackbone', 'OpNetHead']
