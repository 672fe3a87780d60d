from .head_pose_data_sample import HeadPoseDataSample
from .rotation import (
    geodesic_distance,
    maev,
    matrix_to_pose,
    matrix_to_quaternion,
    matrix_to_rotation_6d,
    mirror_pose,
    pose_para_to_pose,
    pose_to_matrix,
    quaternion_to_matrix,
    rotate_pose_in_plane,
    rotation_6d_to_matrix,
    unfold_yaw,
    wrapped_difference,
)

__all__ = [
    'HeadPoseDataSample',
    'geodesic_distance',
    'maev',
    'matrix_to_pose',
    'matrix_to_quaternion',
    'matrix_to_rotation_6d',
    'mirror_pose',
    'pose_para_to_pose',
    'pose_to_matrix',
    'quaternion_to_matrix',
    'rotate_pose_in_plane',
    'rotation_6d_to_matrix',
    'unfold_yaw',
    'wrapped_difference',
]
