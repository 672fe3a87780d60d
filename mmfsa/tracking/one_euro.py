"""The 1€ filter (Casiez et al., CHI 2012) on rotations."""

import math

import cv2
import numpy as np

from mmfsa.structures import matrix_to_rotation_vector


class RotationOneEuroFilter:
    """Smooths the rotations of one head: a calm head strongly, a quick head weakly.

    The original 1€ filter takes the difference of two values. This filter takes the
    rotation vector (log map) from the last smoothed rotation to the new rotation. So no
    angle jumps at the end of its range.

    Args:
        min_cutoff: Cutoff frequency for a head at rest, in Hz. Lower is smoother.
        beta: How much a speed of 1 rad/s adds to the cutoff, in Hz. Higher is faster.
        speed_cutoff: Cutoff frequency for the speed, in Hz.
        strength: Divides the cutoff frequency, at rest and at speed.
    """

    def __init__(
        self,
        min_cutoff: float = 0.5,
        beta: float = 1.0,
        speed_cutoff: float = 1.0,
        strength: float = 1.0,
    ) -> None:
        self.min_cutoff = min_cutoff / strength
        self.beta = beta / strength
        self.speed_cutoff = speed_cutoff
        self._time = None

    def __call__(
        self,
        time: float,
        matrix: np.ndarray,
        spread: float | np.ndarray | None = None,  # noqa: ARG002 (other filters heed it)
    ) -> np.ndarray:
        """Smooth the next rotation.

        Args:
            time: The frame's time in seconds.
            matrix: (3, 3) the head's rotation.
            spread: How unsure the method is; this filter does not heed it.

        Returns:
            (3, 3) the smoothed rotation.

        Raises:
            ValueError: If the time is not later than the last frame's time.
        """
        matrix = np.asarray(matrix, dtype=np.float64)
        step = seconds_since(self._time, time)
        if step is None:
            self._smooth, self._speed = matrix, np.zeros(3)
        else:
            turn = matrix_to_rotation_vector(self._smooth.T @ matrix)
            weight = _weight(self.speed_cutoff, step)
            self._speed = self._speed + weight * (turn / step - self._speed)
            cutoff = self.min_cutoff + self.beta * np.linalg.norm(self._speed)
            part, _ = cv2.Rodrigues(_weight(cutoff, step) * turn)
            self._smooth = self._smooth @ part
        self._time = time
        return self._smooth


def seconds_since(last: float | None, time: float) -> float | None:
    """How much later than a face's last frame a frame is.

    Args:
        last: The last frame's time in seconds; None: there is none.
        time: The frame's time.

    Returns:
        Seconds, more than 0; None without a last frame.

    Raises:
        ValueError: The time is not later.
    """
    if last is None:
        return None
    if not time > last:
        raise ValueError(f'the frame at {time} s follows one at {last} s')
    return time - last


def _weight(cutoff: float, step: float) -> float:
    """Weight of the new value in a low-pass filter of one pole."""
    return 1 / (1 + 1 / (2 * math.pi * cutoff * step))
