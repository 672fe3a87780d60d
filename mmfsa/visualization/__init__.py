"""Draws poses, structure maps, contact sheets and plots."""

from mmfsa.utils.images import write_image

from .draw import draw_axes, draw_box, draw_cube, draw_text
from .head_pose_visualizer import HeadPoseVisualizer
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
