"""The file of Shaw's network, `model-b66.pkl` (Lightweight-Head-Pose-Estimation)."""

from pathlib import Path

import torch
import torch.nn as nn

from mmfsa.models.conversion import Converter, Tensors, with_binned_head
from mmfsa.structures import ANGLES


def to_state_dict(
    tensors: Tensors, model: nn.Module, src: Path
) -> dict[str, torch.Tensor]:
    """The backbone has the authors' names; three output layers become one."""
    layers = [f'fc_{angle}' for angle in ANGLES]
    return with_binned_head(tensors, model, src, layers)


CONVERTERS = (
    Converter(
        reads="the checkpoint of Shaw's network (.pkl)",
        recognises=lambda tensors: 'features.7.exp_conv.0.weight' in tensors,
        experiment=lambda *_: 'shaw_b66',
        state_dict=to_state_dict,
    ),
)
