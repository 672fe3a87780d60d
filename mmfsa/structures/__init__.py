"""Poses, rotations and what carries them."""

from .data_sample import HeadPoseDataSample
from .faces import Camera, Faces, Frame
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
    nearest_rotation,
    pose_para_to_pose,
    pose_to_matrix,
    quaternion_to_matrix,
    rotate_pose_in_plane,
    rotation_6d_to_matrix,
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
    'closest_triple',
    'geodesic_distance',
    'maev',
    'matrix_to_pose',
    'matrix_to_quaternion',
    'matrix_to_rotation_6d',
    'mean_pose',
    'mirror_pose',
    'nearest_rotation',
    'pose_para_to_pose',
    'pose_to_matrix',
    'quaternion_to_matrix',
    'rotate_pose_in_plane',
    'rotation_6d_to_matrix',
    'unfold_yaw',
    'wrap_degrees',
    'wrapped_difference',
]
