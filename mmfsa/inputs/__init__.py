"""What a network wants to see of a face: the input spec, and the one box arithmetic.

`.view` is imported from its module: it needs torch, which demos of exported files lack.
"""

from .crop import (
    BORDERS,
    INTERPOLATIONS,
    Crop,
    NoPixelError,
    crop_face,
    cut,
    cut_relief,
)
from .kinds import RULES, BoxRule, convert_boxes
from .spec import CropRule, InputSpec, Jitter

__all__ = [
    'BORDERS',
    'INTERPOLATIONS',
    'RULES',
    'BoxRule',
    'Crop',
    'CropRule',
    'InputSpec',
    'Jitter',
    'NoPixelError',
    'convert_boxes',
    'crop_face',
    'cut',
    'cut_relief',
]
