from .head_pose_dataset import HeadPoseDataset

__all__ = ['HeadPoseDataset']
