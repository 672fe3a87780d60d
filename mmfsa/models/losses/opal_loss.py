"""Opal's loss: gentle on small and on large angles (Cobo et al., 2024)."""

import math

from torch import Tensor

from mmfsa.registry import MODELS
from mmfsa.structures.rotation import DEGREE

from .geodesic_loss import GeodesicLoss


@MODELS.register_module()
class OpalLoss(GeodesicLoss):
    """The mean of a function of the geodesic distance, in degrees, as `loss`.

    The function is a parabola up to `epsilon`, a hyperbolic tangent about `mu` up to
    `beta`, and beyond it a straight line of slope 1. Values and slopes agree where the
    pieces meet. The authors give no values; the defaults are mmfsa's choice.

    Args:
        epsilon: Where the tangent begins, in degrees.
        beta: Where the line begins, in degrees.
        sigma: How steep the tangent is, for each radian.
        mu: Centre of the tangent, in degrees.

    Raises:
        ValueError: If `epsilon` is not below `beta`, or not above 0.
    """

    def __init__(
        self,
        epsilon: float = 5.0,
        beta: float = 60.0,
        sigma: float = 4.0,
        mu: float = 30.0,
    ) -> None:
        super().__init__()
        if not 0 < epsilon < beta:
            raise ValueError(f'0 < epsilon < beta is not true: {epsilon}, {beta}')
        self.epsilon = epsilon * DEGREE
        self.beta = beta * DEGREE
        self.sigma = sigma
        self.mu = mu * DEGREE
        # The slope of the tangent is 1 at beta, and the parabola's at epsilon.
        self.height = 1 / self._slope(self.beta)
        slope = self.height * self._slope(self.epsilon)
        self.square = slope / (2 * self.epsilon)

    def _slope(self, angle: float) -> float:
        return self.sigma / math.cosh(self.sigma * (angle - self.mu)) ** 2

    def _rise(self, angle: Tensor) -> Tensor:
        """By how much the tangent is higher than at epsilon."""
        start = math.tanh(self.sigma * (self.epsilon - self.mu))
        return self.height * ((self.sigma * (angle - self.mu)).tanh() - start)

    def cost(self, distance: Tensor) -> Tensor:
        angle = distance * DEGREE
        low = self.square * angle.clamp(max=self.epsilon).square()
        middle = self._rise(angle.clamp(self.epsilon, self.beta))
        high = (angle - self.beta).clamp(min=0)
        return (low + middle + high) / DEGREE
