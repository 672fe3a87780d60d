"""The files of Hopenet (deep-head-pose) and of Hopenet-lite (deep-head-pose-lite)."""

from pathlib import Path

import numpy as np
import torch
import torch.nn as nn

from mmfsa.models.conversion import Converter, Tensors, with_binned_head
from mmfsa.structures import ANGLES

# A layer beside the network, which nothing uses.
UNUSED = 'fc_finetune.'


def experiment(_: Tensors, src: Path) -> str:
    """The networks of alpha 1 and 2 are the same; only the authors' file names differ."""
    return f'hopenet_resnet50{"_alpha2" * ("alpha2" in src.name)}'


def to_state_dict(
    tensors: Tensors, model: nn.Module, src: Path
) -> dict[str, torch.Tensor]:
    """ResNet-50 has torchvision's names here and there."""
    layers = [f'fc_{angle}' for angle in ANGLES]
    return with_binned_head(tensors, model, src, layers, 'backbone.model.', UNUSED)


def lite_to_state_dict(
    tensors: Tensors, model: nn.Module, src: Path
) -> dict[str, torch.Tensor]:
    """The repository's own names."""
    layers = ['fc_y', 'fc_p', 'fc_r']
    return with_binned_head(tensors, model, src, layers, unused=UNUSED)


def folded_lite_to_state_dict(
    tensors: Tensors, model: nn.Module, src: Path
) -> dict[str, torch.Tensor]:
    """The names of a file whose batch norms were folded into the convolutions."""
    return lite_to_state_dict(unfolded(tensors), model, src)


def unfolded(tensors: Tensors) -> Tensors:
    """Batch norms for convolutions into which they were folded.

    A batch norm with the mean 0, the variance 1 − ε and the weight 1 adds only its bias.
    The output layers, 1x1 convolutions in such a file, become linear ones.
    """
    found = {}
    for name, value in tensors.items():
        layer, _, kind = name.rpartition('.')
        conv, norm = _numbered(layer)
        if not layer or layer.startswith('fc_'):
            found[name] = value[:, :, 0, 0] if value.ndim == 4 else value
        elif kind == 'weight':
            found[f'{conv}.weight'] = value
            ones = np.ones(len(value), np.float32)
            found[f'{norm}.weight'] = ones
            found[f'{norm}.running_mean'] = 0 * ones
            found[f'{norm}.running_var'] = ones - np.float32(nn.BatchNorm2d(1).eps)
        else:
            found[f'{norm}.{kind}'] = value
    return found


def _numbered(layer: str) -> tuple[str, str]:
    """A convolution and its batch norm by their places in their sequence.

    >>> _numbered('stage2.0.branch2.pw2')
    ('stage2.0.branch2.5', 'stage2.0.branch2.6')
    """
    places = {'branch1.dw': 0, 'branch1.pw': 2}
    places |= {'branch2.pw1': 0, 'branch2.dw': 3, 'branch2.pw2': 5}
    before = layer.rpartition('.')[0]
    place = places.get('.'.join(layer.split('.')[-2:]))
    if place is None:
        return f'{layer}.0', f'{layer}.1'
    return f'{before}.{place}', f'{before}.{place + 1}'


def _has(*names: str):
    return lambda tensors: all(name in tensors for name in names)


CONVERTERS = (
    Converter(
        reads="Hopenet's checkpoints (.pkl)",
        recognises=_has('fc_yaw.weight', 'layer4.2.conv3.weight'),
        experiment=experiment,
        state_dict=to_state_dict,
    ),
    Converter(
        reads="Hopenet-lite's checkpoints (.pkl)",
        recognises=_has('fc_y.weight', 'conv5.0.weight'),
        experiment=lambda *_: 'hopenet_lite',
        state_dict=lite_to_state_dict,
    ),
    Converter(
        reads='Hopenet-lite with folded batch norms (.npz)',
        recognises=_has('fc_y.weight', 'conv5.weight'),
        experiment=lambda *_: 'hopenet_lite',
        state_dict=folded_lite_to_state_dict,
    ),
)
