"""A Kalman filter on rotations, which heeds how sure each measurement is."""

import numpy as np

from mmfsa.structures import (
    matrix_to_rotation_vector,
    rotation_vector_to_matrix,
)

from .one_euro import seconds_since

START = np.radians(100.0)  # deviation of a speed that nobody has measured, per second
LARGEST = 300.0  # how much less a prediction may count than its covariance says


class RotationKalmanFilter:
    """Smooths the rotations of one head; a sure measurement counts more than others.

    The state is a rotation and its speed, in the tangent space of the last rotation (a
    multiplicative Kalman filter). The speed is a random walk that fades. Where a
    measurement lies farther from the prediction than both covariances allow, the
    prediction's is made larger (a strong tracking filter, Zhou and Frank, 1996): a head
    that begins to turn is followed at once.

    Args:
        noise: Deviation of a measurement from frame to frame, in degrees, where the method
            does not say how sure it is.
        share: How much of a method's spread is such noise. The rest of its errors stays
            from frame to frame, and no filter removes it.
        unrest: Deviation of the speed of a head at rest, in degrees per second.
        fading: Seconds after which a speed is forgotten.
        tolerance: A prediction is doubted where a measurement is farther from it than so
            many deviations.
    """

    def __init__(
        self,
        noise: float = 1.5,
        share: float = 0.3,
        unrest: float = 6.0,
        fading: float = 0.15,
        tolerance: float = 1.7,
    ) -> None:
        self.noise = noise
        self.share = share
        self.unrest = np.radians(unrest)
        self.fading = fading
        self.tolerance = tolerance
        self._time = None

    def __call__(
        self,
        time: float,
        matrix: np.ndarray,
        spread: float | np.ndarray | None = None,
    ) -> np.ndarray:
        """Smooth the next rotation.

        Args:
            time: The frame's time in seconds.
            matrix: (3, 3) the head's rotation.
            spread: How unsure the method is: degrees, or the covariance (3, 3) of the
                rotation vector in square degrees; None: it does not say.

        Returns:
            (3, 3) the smoothed rotation.

        Raises:
            ValueError: If the time is not later than the last frame's time.
        """
        matrix = np.asarray(matrix, dtype=np.float64)
        step = seconds_since(self._time, time)
        self._time = time
        noise = self._noise(spread)
        if step is None:
            self._rotation, self._speed = matrix, np.zeros(3)
            self._covariance = np.zeros((6, 6))
            self._covariance[:3, :3] = noise
            self._covariance[3:, 3:] = START**2 * np.eye(3)
            return matrix
        kept = np.exp(-step / self.fading)
        moves = np.eye(6)
        moves[:3, 3:] = self.fading * (1 - kept) * np.eye(3)
        moves[3:, 3:] *= kept
        predicted = self._rotation @ rotation_vector_to_matrix(
            moves[0, 3] * self._speed
        )
        covariance = moves @ self._covariance @ moves.T + self._walk(step, kept)
        turn = matrix_to_rotation_vector(predicted.T @ matrix)
        surplus = turn @ turn / self.tolerance**2 - np.trace(noise)
        doubt = np.clip(surplus / np.trace(covariance[:3, :3]), 1, LARGEST)
        covariance *= doubt
        gain = covariance[:, :3] @ np.linalg.inv(covariance[:3, :3] + noise)
        change = gain @ turn
        self._rotation = predicted @ rotation_vector_to_matrix(change[:3])
        self._speed = kept * self._speed + change[3:]
        self._covariance = covariance - gain @ covariance[:3]
        return self._rotation

    def _noise(self, spread: float | np.ndarray | None) -> np.ndarray:
        """(3, 3) covariance of a measurement, in square radians."""
        if spread is None or not np.isfinite(spread).all():
            covariance = self.noise**2 * np.eye(3)
        elif np.ndim(spread) == 2:
            covariance = self.share**2 * np.asarray(spread, dtype=np.float64)
        else:
            covariance = (self.share * float(spread)) ** 2 * np.eye(3)
        least = 1e-4  # square degrees: no measurement is exact
        return np.radians(np.radians(covariance + least * np.eye(3)))

    def _walk(self, step: float, kept: float) -> np.ndarray:
        """(6, 6) what an unsteady speed adds to the covariance in a step."""
        speed = self.unrest**2 * (1 - kept**2)
        place = speed * step**2 / 3
        both = speed * step / 2
        return np.kron(np.array([[place, both], [both, speed]]), np.eye(3))
