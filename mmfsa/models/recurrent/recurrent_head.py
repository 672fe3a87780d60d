"""A recurrent layer behind the features of a frame (Gu et al., CVPR 2017)."""

import torch
import torch.nn as nn
from mmengine.model import BaseModule
from torch import Tensor

from mmfsa.registry import MODELS
from mmfsa.structures import ANGLES

from ..heads import AngleHead

CELLS = {'fc_rnn': nn.RNN, 'lstm': nn.LSTM, 'gru': nn.GRU}
USUAL = 1 / 30  # seconds from frame to frame


@MODELS.register_module()
class RecurrentHead(BaseModule):
    """Features of a frame change a memory, and of the memory come yaw, pitch and roll.

    `fc_rnn` is Gu et al.'s own: a layer that is fully connected to the features also sees
    what it gave for the frame before, ``h = ReLU(W_v · v + W_h · h + b)``.

    Args:
        in_features: Length of a frame's features.
        hidden: Length of the memory.
        cell: `fc_rnn`, `lstm` or `gru`.
        timed: The memory also sees how much time is over since the frame before, as the
            logarithm of the number of thirtieths of a second; 0 for the first frame.
        residual: What comes of the memory is added to the pose that the frame alone has,
            and is 0 at first. The memory also sees this pose. So an untrained head is as
            good as the network for one frame.

    Attributes:
        state_size: The numbers that a face's memory has.

    Raises:
        ValueError: There is no such cell.
    """

    def __init__(
        self,
        in_features: int,
        hidden: int,
        cell: str = 'gru',
        timed: bool = False,
        residual: bool = False,
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(init_cfg)
        if cell not in CELLS:
            raise ValueError(f'cell must be one of {[*CELLS]}, got {cell!r}')
        self.in_features = in_features
        self.hidden = hidden
        self.timed = timed
        self.residual = residual
        settings = dict(nonlinearity='relu') if cell == 'fc_rnn' else {}
        seen = in_features + timed + 3 * residual
        self.cell = CELLS[cell](seen, hidden, batch_first=True, **settings)
        self.angles = nn.Linear(hidden, len(ANGLES))
        if residual:
            nn.init.zeros_(self.angles.weight)
            nn.init.zeros_(self.angles.bias)
        self.state_size = hidden * (2 if cell == 'lstm' else 1)

    def begin_as(self, head: AngleHead) -> None:
        """Begin as a head for one frame, with a memory that changes nothing yet.

        Args:
            head: A head with one hidden layer of this head's length.

        Raises:
            ValueError: The head has other layers, or the cell is no `fc_rnn`.
        """
        first, last = head.layers[0], head.layers[-1]
        fits = (
            isinstance(self.cell, nn.RNN)
            and len(head.layers) == 3
            and first.weight.shape == self.cell.weight_ih_l0.shape
        )
        if not fits:
            raise ValueError(
                f'an fc_rnn of {self.hidden} units begins as an AngleHead with '
                f'hidden=({self.hidden},), not as {head}'
            )
        with torch.no_grad():
            self.cell.weight_ih_l0.copy_(first.weight)
            self.cell.bias_ih_l0.copy_(first.bias)
            self.cell.weight_hh_l0.zero_()
            self.cell.bias_hh_l0.zero_()
        self.angles.load_state_dict(last.state_dict())

    def forward(
        self, features: Tensor, pose: Tensor, elapsed: Tensor, state: Tensor
    ) -> tuple[Tensor, Tensor]:
        """The next T frames of each of N faces.

        Args:
            features: (N, T, in_features).
            pose: (N, T, 3) degrees, what each frame alone says.
            elapsed: (N, T) seconds since the face's frame before; 0 for its first one.
            state: (N, state_size) what came out for the frame before; zeros for a face's
                first frame.

        Returns:
            (N, T, 3) yaw, pitch, roll in degrees, and the state after the last frame.
        """
        seen = [features]
        if self.timed:
            steps = torch.where(elapsed > 0, elapsed / USUAL, torch.ones_like(elapsed))
            seen.append(steps.log()[..., None])
        if self.residual:
            seen.append(pose / 90)
        before = state[None].chunk(self.state_size // self.hidden, dim=2)
        before = before if isinstance(self.cell, nn.LSTM) else before[0]
        memory, after = self.cell(torch.cat(seen, dim=2), before)
        after = torch.cat(after, dim=2) if isinstance(after, tuple) else after
        angles = self.angles(memory)
        return (pose + angles if self.residual else angles), after[0]
