"""The Keras file of WHENet, `WHENet.h5`."""

from itertools import count
from pathlib import Path

import torch
import torch.nn as nn

from mmfsa.models.conversion import (
    Converter,
    Tensors,
    from_keras_layout,
    with_binned_head,
)
from mmfsa.structures import ANGLES

LAYERS = [f'{angle}_new' for angle in ANGLES]
WEIGHTS = dict(
    kernel='weight',
    depthwise_kernel='weight',
    bias='bias',
    gamma='weight',
    beta='bias',
    moving_mean='running_mean',
    moving_variance='running_var',
)


def to_state_dict(
    tensors: Tensors, model: nn.Module, src: Path
) -> dict[str, torch.Tensor]:
    """Keras counts the layers of each kind, in the order in which they were made.

    timm makes the layers of its EfficientNet in the same order.
    """
    names = dict(zip(LAYERS, LAYERS, strict=True)) | keras_layers(model.backbone)
    found = {}
    for name, value in tensors.items():
        layer, _, weight = name.partition('/')
        ours = f'{names.get(layer, layer)}.{WEIGHTS.get(weight, weight)}'
        found[ours] = from_keras_layout(name, value)
    return with_binned_head(found, model, src, LAYERS)


def keras_layers(backbone: nn.Module) -> dict[str, str]:
    """Our names of the layers, by Keras' names such as `depthwise_conv2d_1`."""
    numbers = {
        kind: count(1) for kind in ('conv2d', 'depthwise_conv2d', 'batch_normalization')
    }
    names = {}
    for name, module in backbone.named_modules():
        if isinstance(module, nn.BatchNorm2d):
            kind = 'batch_normalization'
        elif isinstance(module, nn.Conv2d):
            kind = 'conv2d' if module.groups == 1 else 'depthwise_conv2d'
        else:
            continue
        names[f'{kind}_{next(numbers[kind])}'] = name
    return names


CONVERTERS = (
    Converter(
        reads="WHENet's Keras file (.h5)",
        recognises=lambda tensors: 'yaw_new/kernel' in tensors,
        experiment=lambda *_: 'whenet',
        state_dict=to_state_dict,
    ),
)
