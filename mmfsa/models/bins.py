"""Bins of angles: what a head that classifies shares with its loss."""

from collections.abc import Sequence

import torch
from torch import Tensor

from mmfsa.structures import ANGLES


class Bins:
    """Each of the three angles is divided into bins of the same width.

    Args:
        num_bins: The bins of each angle; one number serves all three.
        angle_range: The bins divide ±angle_range degrees; one number serves all three.

    Attributes:
        num: The bins of yaw, pitch and roll.
        range: Half of what these bins divide, in degrees.
        most: The bins of the angle that has the most.

    Raises:
        ValueError: If an angle has fewer than two bins, or if there are not three angles.
    """

    def __init__(
        self, num_bins: int | Sequence[int], angle_range: float | Sequence[float]
    ) -> None:
        self.num = _per_angle('num_bins', num_bins)
        self.range = _per_angle('angle_range', angle_range)
        if min(self.num) < 2:
            raise ValueError(f'num_bins must be at least 2, got {num_bins}')
        self.most = max(self.num)

    def angles(self, position: float, like: Tensor) -> Tensor:
        """The angles that the bins stand for.

        Args:
            position: Where in its bin an angle lies: 0 at the lower edge, 0.5 in the
                middle.
            like: A tensor whose type and device the result has.

        Returns:
            (3, most) degrees; an angle with fewer bins has meaningless numbers at the end.
        """
        numbers = torch.arange(self.most, dtype=like.dtype, device=like.device)
        return self._widths(like) * (numbers + position) - self._ranges(like)

    def of(self, pose: Tensor) -> Tensor:
        """The bins (N, 3) that poses (N, 3) fall into; +angle_range is in the last one."""
        ranges = self._ranges(pose)[:, 0]
        bins = ((pose + ranges) / self._widths(pose)[:, 0]).floor().long()
        return bins.minimum(bins.new_tensor(self.num) - 1)

    def beyond(self, pose: Tensor) -> Tensor:
        """Which of the poses (N, 3) lie beyond the bins, (N,) bool."""
        return (pose.abs() > self._ranges(pose)[:, 0]).any(dim=1)

    def __str__(self) -> str:
        """The ranges in words, such as ``±99``."""
        ranges = self.range[:1] if len({*self.range}) == 1 else self.range
        return ', '.join(f'±{value:g}' for value in ranges)

    def _widths(self, like: Tensor) -> Tensor:
        widths = [2 * r / n for r, n in zip(self.range, self.num, strict=True)]
        return like.new_tensor(widths)[:, None]

    def _ranges(self, like: Tensor) -> Tensor:
        return like.new_tensor(self.range)[:, None]


def _per_angle(name: str, value: float | Sequence[float]) -> tuple:
    values = tuple(value) if isinstance(value, Sequence) else (value,) * len(ANGLES)
    if len(values) != len(ANGLES):
        raise ValueError(f'{name} must be one number, or one for each angle: {value}')
    return values
