"""Data sets of faces with poses, their transforms and their converters."""

from .head_pose_dataset import HeadPoseDataset
from .resident_dataset import ResidentDataset
from .windows import HeadPoseWindows

__all__ = ['HeadPoseDataset', 'HeadPoseWindows', 'ResidentDataset']
