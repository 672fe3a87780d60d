"""The learned smoother: a small network that mmfsa trained on rendered motion."""

from functools import cache
from pathlib import Path

import numpy as np

from mmfsa.structures import USUAL_SPREAD, spread_in_one_number
from mmfsa.utils.onnx_session import open_session

from .one_euro import seconds_since

NETWORK = Path(__file__).with_name('smoother.onnx')
LEAST_SPREAD = 0.05  # degrees


class LearnedRotationFilter:
    """Smooths the rotations of one head with :class:`mmfsa.models.RotationSmoother`.

    ONNX Runtime computes it, in some tens of microseconds.

    Args:
        network: The ONNX file of a smoother; mmfsa's own by default.
    """

    def __init__(self, network: str | Path = NETWORK) -> None:
        self._session = _session(str(network))
        (size,) = [i.shape[1] for i in self._session.get_inputs() if i.name == 'state']
        self._state = np.zeros((1, size), np.float32)
        self._time = None

    def __call__(
        self,
        time: float,
        matrix: np.ndarray,
        spread: float | np.ndarray | None = None,
    ) -> np.ndarray:
        """Smooth the next rotation; arguments and errors are those of
        :class:`~mmfsa.tracking.RotationKalmanFilter`."""
        elapsed = seconds_since(self._time, time) or 0.0
        self._time = time
        inputs = dict(
            rotation=np.asarray(matrix, np.float32)[None],
            spread=np.array([_degrees(spread)], np.float32),
            elapsed=np.array([elapsed], np.float32),
            state=self._state,
        )
        rotation, self._state = self._session.run(['smooth', 'next'], inputs)
        return rotation[0].astype(np.float64)


@cache
def _session(path: str):
    """One session for all heads."""
    return open_session(path, threads=1)


def _degrees(spread: float | np.ndarray | None) -> float:
    """How unsure a measurement is, in degrees about each axis."""
    if spread is None or not np.isfinite(spread).all():
        return USUAL_SPREAD
    return max(float(spread_in_one_number(spread)), LEAST_SPREAD)
