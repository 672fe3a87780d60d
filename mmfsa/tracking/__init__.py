"""From frames to a video: who is who, and poses that do not tremble."""

from .face_follower import FaceFollower
from .face_tracker import FaceTracker
from .kalman import RotationKalmanFilter
from .learned import LearnedRotationFilter
from .looks import looks_of
from .neutral_pose import NeutralPose
from .one_euro import RotationOneEuroFilter
from .pose_smoother import SMOOTHERS, PoseSmoother
from .scene_cut import SceneCut
from .stability import Clip, Stability, measure_clips, measure_stability

__all__ = [
    'SMOOTHERS',
    'Clip',
    'FaceFollower',
    'FaceTracker',
    'LearnedRotationFilter',
    'NeutralPose',
    'PoseSmoother',
    'RotationKalmanFilter',
    'RotationOneEuroFilter',
    'SceneCut',
    'Stability',
    'looks_of',
    'measure_clips',
    'measure_stability',
]
