"""A learned smoother of rotations: a small network chooses the gains of a filter."""

import torch
import torch.nn as nn
from torch import Tensor

from mmfsa.structures import (
    USUAL_SPREAD,
    matrix_to_rotation_vector,
    rotation_vector_to_matrix,
)
from mmfsa.structures.rotation import DEGREE

from .recurrent_head import USUAL

BIASES = 0.0, -2.0, 1.0  # of the three kinds of gains, before they have learned


class RotationSmoother(nn.Module):
    """Smooths rotations, one frame at a time.

    It is a filter on the tangent space of the last smoothed rotation. The rotation is
    predicted by its speed; of the turn from there to the measured rotation, a part is
    followed, and a part changes the speed. A GRU chooses these parts, in [0, 1] for each
    axis, by the turns and speeds that it has seen, the time between the frames, and how
    sure the measurement is. So what comes out lies between prediction and measurement,
    whatever the network says.

    Args:
        hidden: Length of the GRU's memory.

    Attributes:
        state_size: The numbers that a head's memory has.
    """

    def __init__(self, hidden: int = 24) -> None:
        super().__init__()
        self.hidden = hidden
        self.state_size = 12 + hidden
        self.from_seen = nn.Linear(9, 3 * hidden)
        self.from_memory = nn.Linear(hidden, 3 * hidden)
        self.gains = nn.Linear(hidden, 9)
        with torch.no_grad():
            self.gains.bias.copy_(torch.tensor(BIASES).repeat_interleave(3))

    def forward(
        self, rotation: Tensor, spread: Tensor, elapsed: Tensor, state: Tensor
    ) -> tuple[Tensor, Tensor]:
        """
        Args:
            rotation: (N, 3, 3) measured rotations of N heads.
            spread: (N,) degrees, how unsure each is.
            elapsed: (N,) seconds since the head's frame before; 0 for its first one.
            state: (N, state_size) what came out for that frame; for the first one, any.

        Returns:
            (N, 3, 3) smoothed rotations, and the new state.
        """
        first = (elapsed <= 0)[:, None]
        state = torch.where(first, torch.zeros_like(state), state)
        last = state[:, :9].unflatten(1, (3, 3))
        last = torch.where(first[..., None], rotation, last)
        speed, memory = state[:, 9:12], state[:, 12:]
        step = torch.where(
            first, torch.full_like(elapsed[:, None], USUAL), elapsed[:, None]
        )

        predicted = last @ rotation_vector_to_matrix(speed * step)
        turn = matrix_to_rotation_vector(predicted.transpose(1, 2) @ rotation)
        follow, speed, memory = self.choose(turn, speed, step, spread, memory)
        smooth = predicted @ rotation_vector_to_matrix(follow)
        return smooth, torch.cat([smooth.flatten(1), speed, memory], dim=1)

    def choose(
        self, turn: Tensor, speed: Tensor, step: Tensor, spread: Tensor, memory: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """What the network makes of a measurement; all of it lies in the tangent space.

        Args:
            turn: (N, 3) radians from the predicted to the measured rotation.
            speed: (N, 3) radians per second.
            step: (N, 1) seconds since the frame before.
            spread: (N,) degrees.
            memory: (N, hidden).

        Returns:
            The part of the turn that is followed (N, 3), the new speed, the new memory.
        """
        seen = [
            _squeezed(turn / DEGREE),
            _squeezed(speed * step / DEGREE),
            torch.linalg.vector_norm(turn, dim=1, keepdim=True) / DEGREE / 5,
            torch.log(step / USUAL),
            torch.log(spread[:, None] / USUAL_SPREAD),
        ]
        memory = self._remember(torch.cat(seen, dim=1), memory)
        follow, speed_up, keep = self.gains(memory).sigmoid().chunk(3, dim=1)
        return follow * turn, keep * speed + speed_up * turn / step, memory

    def _remember(self, seen: Tensor, memory: Tensor) -> Tensor:
        """A step of a GRU (Cho et al., 2014); ONNX has none for a single step."""
        update, reset, new = self.from_seen(seen).chunk(3, dim=1)
        update_by, reset_by, new_by = self.from_memory(memory).chunk(3, dim=1)
        update = torch.sigmoid(update + update_by)
        new = torch.tanh(new + torch.sigmoid(reset + reset_by) * new_by)
        return new + update * (memory - new)


def _squeezed(values: Tensor) -> Tensor:
    """asinh, of which torch's exporter knows no operation."""
    size = values.abs()
    return values.sign() * torch.log(size + (size * size + 1).sqrt())
