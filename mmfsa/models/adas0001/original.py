"""The file of head-pose-estimation-adas-0001 in OpenVINO's format (.xml and .bin)."""

from pathlib import Path

import numpy as np
import torch
import torch.nn as nn

from mmfsa.structures import ANGLES

from ..conversion import Converter, Tensors, renamed

CONVS = 'conv1', 'pool1', 'conv2', 'conv3', 'pool3', 'conv4', 'conv5', 'conv_fm'
# The shape of a Reshape, which is no weight.
SHAPES = {f'angle_{angle[0]}_fc/flatten_fc_input/1': None for angle in ANGLES}


def recognises(tensors: Tensors) -> bool:
    """Whether tensors are the network's: it has the last layer of the yaw."""
    return 'angle_y_fc/WithoutBiases/1' in tensors and 'conv_fm/1' in tensors


def experiment(tensors: Tensors, src: Path) -> str:  # noqa: ARG001
    """The name of the experiment."""
    return 'adas0001'


def to_state_dict(
    tensors: Tensors, model: nn.Module, src: Path
) -> dict[str, torch.Tensor]:
    """The state dict of a model.

    The file has two numbers for each channel of a batch norm, a factor and a summand. The
    roll's batch norm is folded into its convolution.

    Raises:
        ValueError: If tensors are missing, surplus or misshapen; the message names them.
    """
    names = _names()
    shapes = {name: value.shape for name, value in model.state_dict().items()}
    ours = {}
    for original, value in tensors.items():
        shape = shapes.get(names.get(original), ())
        # The file stores a vector as (1, C, 1, 1).
        fits = len(shape) == 1 and value.size == shape[0]
        ours[original] = value.reshape(shape) if fits else value
    for name, shape in shapes.items():
        if name.endswith('running_mean'):
            ours[name] = np.zeros(shape)
        elif name.endswith('running_var'):
            ours[name] = np.full(shape, 1 - 1e-5)  # 1 with the epsilon
    roll = 'head.branches.roll.bn'
    ours[f'{roll}.weight'] = np.ones(shapes[f'{roll}.weight'])
    ours[f'{roll}.bias'] = np.zeros(shapes[f'{roll}.bias'])
    return renamed(ours, model, src, lambda name: names.get(name, name))


def _names() -> dict[str, str | None]:
    """Our name of each constant, by the operation that uses it."""
    layers = 'backbone.layers'
    names: dict[str, str | None] = {
        'data/scale/Fused_Mul_/1': f'{layers}.bn_data.weight',
        'data/mean/Fused_Add_/1': f'{layers}.bn_data.bias',
        **SHAPES,
    }
    for conv in CONVS:
        names[f'{conv}/WithoutBiases/1'] = f'{layers}.{conv}.weight'
        names[f'{conv}/1'] = f'{layers}.{conv}.bias'
    for k in range(1, 6):
        names[f'bn{k}/mean/Fused_Mul_/1'] = f'{layers}.bn{k}.weight'
        names[f'bn{k}/variance/Fused_Add_/1'] = f'{layers}.bn{k}.bias'
    for angle in ANGLES:
        letter, branch = angle[0], f'head.branches.{angle}'
        names[f'angle_{letter}/WithoutBiases/1'] = f'{branch}.conv.weight'
        names[f'angle_{letter}_fc/WithoutBiases/1'] = f'head.linear.{angle}.weight'
        names[f'angle_{letter}_fc/1'] = f'head.linear.{angle}.bias'
        if angle == 'roll':
            names['angle_r/Fused_Add_/1'] = f'{branch}.conv.bias'
        else:
            names[f'angle_{letter}/1'] = f'{branch}.conv.bias'
            names[f'bn_{letter}/mean/Fused_Mul_/1'] = f'{branch}.bn.weight'
            names[f'bn_{letter}/variance/Fused_Add_/1'] = f'{branch}.bn.bias'
    return names


CONVERTERS = (
    Converter(
        reads="OpenVINO's head-pose-estimation-adas-0001 (.xml with its .bin)",
        recognises=recognises,
        experiment=experiment,
        state_dict=to_state_dict,
    ),
)
