"""What scores poses: errors, protocols, results files and analyses."""

from .head_pose_metric import HeadPoseMetric, align_sequences, pose_errors
from .protocol import ProtocolCard

__all__ = ['HeadPoseMetric', 'ProtocolCard', 'align_sequences', 'pose_errors']
