"""Poses, rotations and what carries them."""

from mmfsa.utils.lazy import attach

from .camera import Camera, camera_for, read_camera
from .face_sample import FaceSample
from .faces import Faces, Frame
from .frames import relative_pose, to_frame, to_frame_position, to_rvec
from .poses import USUAL_SPREAD, Poses, spread_in_one_number
from .rotation import (
    ANGLES,
    CONVENTION,
    ORDERS,
    change_frame,
    closest_triple,
    geodesic_distance,
    is_pose,
    is_rotation,
    maev,
    matrix_to_mixed_pose,
    matrix_to_pose,
    matrix_to_quaternion,
    matrix_to_rotation_6d,
    matrix_to_rotation_vector,
    matrix_to_zyx_pose,
    mean_pose,
    mirror_pose,
    nearest_rotation,
    pose_para_to_pose,
    pose_to_matrix,
    quaternion_to_matrix,
    rotate_pose_in_plane,
    rotation_6d_to_matrix,
    rotation_to_axis,
    rotation_vector_to_matrix,
    rows_to_matrix,
    unfold_yaw,
    wrap_degrees,
    wrapped_difference,
)

__all__ = [
    'ANGLES',
    'CONVENTION',
    'ORDERS',
    'USUAL_SPREAD',
    'Camera',
    'FaceSample',
    'Faces',
    'Frame',
    'HeadPoseDataSample',
    'Poses',
    'camera_for',
    'change_frame',
    'closest_triple',
    'geodesic_distance',
    'is_pose',
    'is_rotation',
    'maev',
    'matrix_to_mixed_pose',
    'matrix_to_pose',
    'matrix_to_quaternion',
    'matrix_to_rotation_6d',
    'matrix_to_rotation_vector',
    'matrix_to_zyx_pose',
    'mean_pose',
    'mirror_pose',
    'nearest_rotation',
    'pose_para_to_pose',
    'pose_to_matrix',
    'quaternion_to_matrix',
    'read_camera',
    'relative_pose',
    'rotate_pose_in_plane',
    'rotation_6d_to_matrix',
    'rotation_to_axis',
    'rotation_vector_to_matrix',
    'rows_to_matrix',
    'spread_in_one_number',
    'to_frame',
    'to_frame_position',
    'to_rvec',
    'unfold_yaw',
    'wrap_degrees',
    'wrapped_difference',
]

# It is mmengine's.
__getattr__ = attach(__name__, {'HeadPoseDataSample': '.data_sample'})
