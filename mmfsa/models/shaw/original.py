"""The file of Shaw's network, `model-b66.pkl` (Lightweight-Head-Pose-Estimation)."""

from pathlib import Path

import torch
import torch.nn as nn

from mmfsa.models.conversion import Converter, Tensors, joined, renamed
from mmfsa.structures import ANGLES


def to_state_dict(
    tensors: Tensors, model: nn.Module, src: Path
) -> dict[str, torch.Tensor]:
    """The backbone has the authors' names; three output layers become one."""
    layers = [f'fc_{angle}' for angle in ANGLES]
    tensors = joined(tensors, layers, model.head.bins.num, 'head.linear', src)
    return renamed(
        tensors,
        model,
        src,
        lambda name: name if name.startswith('head.') else f'backbone.{name}',
    )


CONVERTERS = (
    Converter(
        reads="the checkpoint of Shaw's network (.pkl)",
        recognises=lambda tensors: 'features.7.exp_conv.0.weight' in tensors,
        experiment=lambda tensors, src: 'shaw_b66',  # noqa: ARG005
        state_dict=to_state_dict,
    ),
)
