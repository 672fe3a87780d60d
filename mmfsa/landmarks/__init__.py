"""Poses from landmarks: 3-D points of a head, and the solvers that fit them to pixels."""

from .fit import Fit
from .mediapipe import face_geometry, kabsch
from .points import SUBSETS, HeadPoints, mirror_landmarks
from .solvers import SOLVERS, pnp, posit, solve, weak_perspective

__all__ = [
    'SOLVERS',
    'SUBSETS',
    'Fit',
    'HeadPoints',
    'face_geometry',
    'kabsch',
    'mirror_landmarks',
    'pnp',
    'posit',
    'solve',
    'weak_perspective',
]
