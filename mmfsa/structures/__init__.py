"""Poses, rotations and what carries them."""

from .camera import Camera, camera_for, read_camera
from .data_sample import HeadPoseDataSample
from .faces import Faces, Frame
from .poses import Poses
from .rotation import (
    ANGLES,
    CONVENTION,
    closest_triple,
    geodesic_distance,
    maev,
    matrix_to_pose,
    matrix_to_quaternion,
    matrix_to_rotation_6d,
    mean_pose,
    mirror_pose,
    pose_para_to_pose,
    pose_to_matrix,
    quaternion_to_matrix,
    rotate_pose_in_plane,
    rotation_6d_to_matrix,
    rotation_to_axis,
    unfold_yaw,
    wrap_degrees,
    wrapped_difference,
)

__all__ = [
    'ANGLES',
    'CONVENTION',
    'Camera',
    'Faces',
    'Frame',
    'HeadPoseDataSample',
    'Poses',
    'camera_for',
    'closest_triple',
    'geodesic_distance',
    'maev',
    'matrix_to_pose',
    'matrix_to_quaternion',
    'matrix_to_rotation_6d',
    'mean_pose',
    'mirror_pose',
    'pose_para_to_pose',
    'pose_to_matrix',
    'quaternion_to_matrix',
    'read_camera',
    'rotate_pose_in_plane',
    'rotation_6d_to_matrix',
    'rotation_to_axis',
    'unfold_yaw',
    'wrap_degrees',
    'wrapped_difference',
]
