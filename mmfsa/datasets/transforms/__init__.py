"""The steps of a data pipeline: crop the face, augment the crop, pack it."""

from .blur import Blur
from .box_label import BoxLabel
from .color_jitter import ColorJitter
from .crop_face import CropFace
from .cut_edge import CutEdge
from .darken import Darken
from .depth_noise import DepthNoise
from .detect_face import DetectFace
from .formatting import PackHeadPoseInputs
from .hide_ears import HideEars
from .jpeg_compress import JPEGCompress
from .landmark_label import LandmarkLabel
from .load_depth import LoadDepthFromFile
from .load_image import LoadImageFromFile
from .mirror_face import MirrorFace
from .occlude import Occlude
from .random_crop import RandomCrop
from .random_crop_paste import RandomCropPaste
from .random_resized_crop import RandomResizedCrop
from .random_zoom import RandomZoom
from .rotate_in_plane import RotateInPlane
from .sharpen import Sharpen

__all__ = [
    'Blur',
    'BoxLabel',
    'ColorJitter',
    'CropFace',
    'CutEdge',
    'Darken',
    'DepthNoise',
    'DetectFace',
    'HideEars',
    'JPEGCompress',
    'LandmarkLabel',
    'LoadDepthFromFile',
    'LoadImageFromFile',
    'MirrorFace',
    'Occlude',
    'PackHeadPoseInputs',
    'RandomCrop',
    'RandomCropPaste',
    'RandomResizedCrop',
    'RandomZoom',
    'RotateInPlane',
    'Sharpen',
]
