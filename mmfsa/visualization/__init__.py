"""Draws poses, structure maps, contact sheets and plots."""

from mmfsa.utils.images import write_image
from mmfsa.utils.lazy import attach

from .draw import draw_axes, draw_box, draw_cube, draw_text
from .landmarks import draw_landmarks, draw_mesh
from .sheet import contact_sheet
from .structure import draw_structure

__all__ = [
    'HeadPoseVisualizer',
    'contact_sheet',
    'draw_axes',
    'draw_box',
    'draw_cube',
    'draw_landmarks',
    'draw_mesh',
    'draw_structure',
    'draw_text',
    'write_image',
]

# It is mmengine's.
__getattr__ = attach(__name__, {'HeadPoseVisualizer': '.head_pose_visualizer'})
