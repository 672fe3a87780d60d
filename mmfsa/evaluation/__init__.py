"""What scores poses: errors, protocols, results files and analyses."""

from .dump_results import DumpWholeResults
from .head_pose_metric import HeadPoseMetric, align_sequences, pose_errors
from .protocol import ProtocolCard

__all__ = [
    'DumpWholeResults',
    'HeadPoseMetric',
    'ProtocolCard',
    'align_sequences',
    'pose_errors',
]
