"""The weights of face-api.js: a manifest, and a shard of numbers in 8 bits."""

from pathlib import Path

import numpy as np
import torch
import torch.nn as nn

from mmfsa.models.conversion import Converter, Tensors, renamed

# What face-api.js calls a part, and its name here.
PARTS = {
    'filters': 'weight',
    'depthwise_filter': 'depthwise.weight',
    'pointwise_filter': 'pointwise.weight',
    'weights': 'weight',
}
MARK = 'dense{}/conv0/pointwise_filter'


def name_of(original: str) -> str:
    """Our name of one of face-api.js' tensors.

    >>> name_of('dense1/conv2/bias'), name_of('fc/weights')
    ('backbone.blocks.1.convs.2.pointwise.bias', 'head.linear.weight')
    """
    layer, _, part = original.rpartition('/')
    if layer == 'fc':
        return f'head.linear.{PARTS.get(part, part)}'
    block, _, conv = layer.partition('/')
    if part == 'bias' and layer != 'dense0/conv0':
        part = 'pointwise.bias'
    part = PARTS.get(part, part)
    block = block.replace('dense', 'backbone.blocks.')
    return f'{block}.{conv.replace("conv", "convs.")}.{part}'


def to_state_dict(
    tensors: Tensors, model: nn.Module, src: Path
) -> dict[str, torch.Tensor]:
    """The tensors of a file, with the outputs' channels first."""
    turned = {name: _turned(name, value) for name, value in tensors.items()}
    return renamed(turned, model, src, name_of)


def _turned(name: str, value: np.ndarray) -> np.ndarray:
    if name.endswith('depthwise_filter') and value.ndim == 4:
        return value.transpose(2, 3, 0, 1)
    if value.ndim == 4:
        return value.transpose(3, 2, 0, 1)
    return value.T


CONVERTERS = (
    Converter(
        reads="the shards of face-api.js' face_landmark_68_model and "
        'face_landmark_68_tiny_model, with their manifests',
        recognises=lambda tensors: MARK.format(1) in tensors and 'fc/bias' in tensors,
        experiment=lambda tensors, _: (
            'face_api_pnp' if MARK.format(3) in tensors else 'face_api_tiny_pnp'
        ),
        state_dict=to_state_dict,
    ),
)
