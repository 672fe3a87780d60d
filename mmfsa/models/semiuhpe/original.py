"""The checkpoints of SemiUHPE with a ResNet-50: names of tensors only."""

from pathlib import Path

import torch
import torch.nn as nn

from ..conversion import Converter, Tensors, renamed


def recognises(tensors: Tensors) -> bool:
    """Whether tensors are a ResNet-50's with three linear layers at its end."""
    return {'layer1.0.conv3.weight', 'fc.1.weight', 'fc.7.weight'} <= tensors.keys()


def our_name(name: str) -> str:
    """Our name of a tensor."""
    if name.startswith('fc.'):
        return f'head.layers.{name.removeprefix("fc.")}'
    return f'backbone.model.{name}'


def to_state_dict(
    tensors: Tensors, model: nn.Module, src: Path
) -> dict[str, torch.Tensor]:
    """The state dict of a model.

    Raises:
        ValueError: Tensors are missing, surplus or misshapen; the message names them.
    """
    return renamed(tensors, model, src, our_name)


CONVERTERS = (
    Converter(
        reads='SemiUHPE with a ResNet-50 (.pth)',
        recognises=recognises,
        experiment=lambda *_: 'semiuhpe_resnet50',
        state_dict=to_state_dict,
    ),
)
