"""The files of 3DDFA_V2 and SynergyNet."""

import re
from functools import partial
from pathlib import Path

import numpy as np
import torch
import torch.nn as nn

from ..backbones.mobilenet_v1 import STEM
from ..conversion import Converter, Tensors, joined, renamed
from .head import SIZES

# 3DDFA_V2 numbers the blocks of MobileNetV1 by its stages.
BLOCKS = (
    *('dw2_1', 'dw2_2', 'dw3_1', 'dw3_2', 'dw4_1', 'dw4_2'),
    *('dw5_1', 'dw5_2', 'dw5_3', 'dw5_4', 'dw5_5', 'dw5_6', 'dw6'),
)
UNITS = {'dw': 'depthwise', 'sep': 'pointwise'}
EXPERIMENTS = {
    STEM: 'tddfa_v2_mb1',
    STEM // 2: 'tddfa_v2_mb05',
}  # by the first channels
UNUSED = 'fc_lm.'  # a layer to landmarks, which the authors' code leaves out, too

SYNERGYNET = 'I2P.backbone.'
LAYERS = [f'{SYNERGYNET}classifier_{name}.1' for name in ('ori', 'shape', 'exp')]
# The face model, and the networks to landmarks and back, which train the first one.
NOT_POSE = re.compile(
    r'(forwardDirection|reverseDirection)\.|(u|w_shp|w_exp)(_base)?$|param_(mean|std)$'
)


def experiment(tensors: Tensors, src: Path) -> str:
    """The experiment of a file of 3DDFA_V2, by the width of its network.

    Raises:
        ValueError: If the network has another width.
    """
    channels = len(tensors['conv1.weight'])
    if channels not in EXPERIMENTS:
        raise ValueError(
            f'{src}: its first convolution has {channels} channels; the networks of '
            f'3DDFA_V2 have {" or ".join(map(str, EXPERIMENTS))}'
        )
    return EXPERIMENTS[channels]


def our_name(name: str) -> str | None:
    """Our name of a tensor of 3DDFA_V2.

    >>> our_name('dw2_2.bn_sep.bias'), our_name('fc_param.weight')
    ('backbone.blocks.1.pointwise.bn.bias', 'head.linear.weight')
    """
    if name.startswith(UNUSED):
        return None
    layer, _, rest = name.partition('.')
    if layer in ('conv1', 'bn1'):
        return f'backbone.stem.{layer.removesuffix("1")}.{rest}'
    if layer in ('fc', 'fc_param'):
        return f'head.linear.{rest}'
    unit = re.fullmatch(r'(conv|bn)_(dw|sep)\.(\w+)', rest)
    if layer not in BLOCKS or unit is None:
        return name
    kind, which, tensor = unit.groups()
    return f'backbone.blocks.{BLOCKS.index(layer)}.{UNITS[which]}.{kind}.{tensor}'


# The state dict of a network of 3DDFA_V2.
to_state_dict = partial(renamed, rename=our_name)


def synergynet_to_state_dict(
    tensors: Tensors, model: nn.Module, src: Path
) -> dict[str, torch.Tensor]:
    """The state dict of SynergyNet: its backbone, and three output layers as one.

    Raises:
        ValueError: Tensors are missing, surplus or misshapen; or the file has another
            whitening than the model.
    """
    for name, ours in model.head.whitening._asdict().items():
        theirs = tensors.get(f'param_{name}')
        if theirs is not None and not np.allclose(theirs[: len(ours)], ours, rtol=1e-5):
            raise ValueError(
                f'{src} is of another version of SynergyNet: the whitening of its '
                f'numbers (param_{name}) is not the one that mmfsa knows'
            )
    rest = {name: v for name, v in tensors.items() if not NOT_POSE.match(name)}
    rest = joined(rest, LAYERS, SIZES, 'head.linear', src)

    def rename(name: str) -> str:
        return name.replace(SYNERGYNET, 'backbone.', 1)

    return renamed(rest, model, src, rename)


CONVERTERS = (
    Converter(
        reads='the checkpoints of 3DDFA_V2 (.pth)',
        recognises=lambda tensors: 'dw2_1.conv_dw.weight' in tensors,
        experiment=experiment,
        state_dict=to_state_dict,
    ),
    Converter(
        reads='the checkpoint of SynergyNet (.tar)',
        recognises=lambda tensors: f'{LAYERS[0]}.weight' in tensors,
        experiment=lambda *_: 'synergynet',
        state_dict=synergynet_to_state_dict,
    ),
)
