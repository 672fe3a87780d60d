"""From frames to a video: who is who, and poses that do not tremble."""

from .face_follower import FaceFollower
from .iou_tracker import IoUTracker
from .one_euro import RotationOneEuroFilter
from .pose_smoother import PoseSmoother
from .scene_cut import SceneCut
from .stability import Stability, measure_stability

__all__ = [
    'FaceFollower',
    'IoUTracker',
    'PoseSmoother',
    'RotationOneEuroFilter',
    'SceneCut',
    'Stability',
    'measure_stability',
]
