"""What all losses share: how they read a head's outputs and weigh errors."""

from abc import ABCMeta, abstractmethod
from collections.abc import Mapping

import torch.nn as nn
from torch import Tensor

from mmfsa.structures import pose_to_matrix

from .labels import Labels


class BaseLoss(nn.Module, metaclass=ABCMeta):
    """A loss compares what a head says of N faces with their labels.

    Attributes:
        needs: Names of the outputs that the loss can't do without.
    """

    needs: tuple[str, ...] = ('pose',)

    def forward(
        self, outputs: Mapping[str, Tensor], labels: Labels
    ) -> dict[str, Tensor]:
        """
        Args:
            outputs: The head's raw and decoded outputs by name.
            labels: What the outputs should be.

        Returns:
            Numbers by name; what is minimised is the sum of all whose name has `loss`
            in it.

        Raises:
            ValueError: If the head does not give an output that the loss needs.
        """
        missing = [name for name in self.needs if name not in outputs]
        if missing:
            raise ValueError(
                f'{type(self).__name__} needs {", ".join(missing)}, but the head gives '
                f'{", ".join(outputs)}: set another loss, or another head'
            )
        return self.compare(outputs, labels)

    @abstractmethod
    def compare(
        self, outputs: Mapping[str, Tensor], labels: Labels
    ) -> dict[str, Tensor]:
        """The losses by name, of outputs that are complete."""


def rotation_of(outputs: Mapping[str, Tensor]) -> Tensor:
    """The `rotation` (N, 3, 3) of outputs; that of their `pose` where they have none."""
    rotation = outputs.get('rotation')
    return pose_to_matrix(outputs['pose']) if rotation is None else rotation


def weighted_mean(error: Tensor, weights: Tensor) -> Tensor:
    """The mean of errors, in which each counts as much as its weight says.

    Args:
        error: Errors of any shape.
        weights: Their weights, of the same shape.

    Returns:
        A number; 0 where all weights are 0.
    """
    return (error * weights).sum() / weights.sum().clamp(min=1e-6)
