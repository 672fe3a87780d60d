"""From frames to a video: who is who, and poses that do not tremble."""

from .face_follower import FaceFollower
from .face_tracker import FaceTracker
from .looks import looks_of
from .one_euro import RotationOneEuroFilter
from .pose_smoother import PoseSmoother
from .scene_cut import SceneCut
from .stability import Stability, measure_stability

__all__ = [
    'FaceFollower',
    'FaceTracker',
    'PoseSmoother',
    'RotationOneEuroFilter',
    'SceneCut',
    'Stability',
    'looks_of',
    'measure_stability',
]
