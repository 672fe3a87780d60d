"""What a network wants to see of a face: the input spec, and the one box arithmetic."""

from .crop import BORDERS, INTERPOLATIONS, Crop, NoPixelError, crop_face, cut
from .kinds import RULES, BoxRule, convert_boxes
from .spec import CropRule, InputSpec, Jitter
from .view import View, look_at, map_points

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
    'View',
    'convert_boxes',
    'crop_face',
    'cut',
    'look_at',
    'map_points',
]
