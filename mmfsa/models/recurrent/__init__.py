"""Networks that see videos: a network for one frame, and a memory behind it."""

from .recurrent_estimator import RecurrentEstimator
from .recurrent_head import RecurrentHead
from .rotation_smoother import RotationSmoother

__all__ = ['RecurrentEstimator', 'RecurrentHead', 'RotationSmoother']
