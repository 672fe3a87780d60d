from .head_pose_dataset import HeadPoseDataset
from .resident_dataset import ResidentDataset

__all__ = ['HeadPoseDataset', 'ResidentDataset']
