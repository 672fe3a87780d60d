"""Estimators: whole networks, from images of faces to poses."""

from .base_estimator import BaseEstimator
from .fusion_estimator import FusionEstimator
from .head_pose_estimator import HeadPoseEstimator
from .second_look import SecondLook

__all__ = ['BaseEstimator', 'FusionEstimator', 'HeadPoseEstimator', 'SecondLook']
