from .fusion_estimator import FusionEstimator
from .head_pose_estimator import HeadPoseEstimator

__all__ = ['FusionEstimator', 'HeadPoseEstimator']
