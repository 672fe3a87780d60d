"""The ONNX files of omasaht's FSA-Net in PyTorch, and their tensors in ours."""

import re
from pathlib import Path

import numpy as np
import torch
import torch.nn as nn

from ..conversion import Converter, Tensors, renamed

SCORING = (
    'fgsm.attention_maps.reduce_channel.conv.weight'  # the variance has no weights
)
# Where the blocks of a stream stand in ours: stage and layer.
BLOCKS = {
    'conv0': '0.0',
    'conv1_0': '0.3',
    'conv1_1': '0.5',
    'conv2_0': '1.0',
    'conv2_1': '1.2',
    'conv3_0': '2.0',
    'conv3_1': '2.2',
}
STREAMS = {'s0': 'relu', 's1': 'tanh'}
REST = {
    'fgsm.attention_maps.reduce_channel.conv': 'neck.scoring.conv',
    'fgsm.fm': 'neck.mapping.f_M',
    'fgsm.fc': 'neck.mapping.f_C',
    'caps_layer.affine_w': 'neck.aggregation.weight',
}
HEAD = {'pred_fc': 'p', 'shift_fc': 'eta', 'scale_fc': 'delta'}


def recognises(tensors: Tensors) -> bool:
    """Whether tensors are omasaht's."""
    return 'caps_layer.affine_w' in tensors and 'fgsm.fm.weight' in tensors


def experiment(tensors: Tensors, src: Path) -> str:  # noqa: ARG001
    """The name of the experiment, by the kind of scoring."""
    return f'fsanet_pytorch_{"1x1" if SCORING in tensors else "var"}'


def to_state_dict(
    tensors: Tensors, model: nn.Module, src: Path
) -> dict[str, torch.Tensor]:
    """The state dict of a model that computes the same.

    Two details differ. The depthwise convolutions have a bias: it goes into the bias of
    the pointwise convolution behind. The first quarter of a capsule gives the shift η,
    and the second the scaling Δ: the capsules' weights change places.

    Raises:
        ValueError: If tensors are missing, surplus or misshapen; the message names them.
    """
    tensors = dict(tensors)
    for name in [n for n in tensors if n.endswith('.depthwise.bias')]:
        bias, weight = (
            name.replace('.depthwise.bias', f'.pointwise.{kind}')
            for kind in ('bias', 'weight')
        )
        if bias in tensors and weight in tensors:
            added = tensors[weight][:, :, 0, 0] @ tensors.pop(name)
            tensors[f'{bias} with depthwise'] = tensors.pop(bias) + added
    capsules = tensors['caps_layer.affine_w']
    quarter = capsules.shape[2] // 4
    shift, scale, rest = np.split(capsules, [quarter, 2 * quarter], axis=2)
    tensors['caps_layer.affine_w'] = np.concatenate([scale, shift, rest], axis=2)
    return renamed(tensors, model, src, _our_name)


def _our_name(original: str) -> str | None:
    """Our name of a tensor; None for the numbers that the graph has beside the weights."""
    if original.isdigit():
        return None
    block = re.fullmatch(
        r'msms\.(s[01])_(\w+)\.(?:conv\.)?(depthwise|pointwise|bn)\.(\w+)( with .*)?',
        original,
    )
    if block:
        stream, name, part, kind, folded = block.groups()
        # A bias counts only with that of the depthwise convolution.
        alone = (part, kind) == ('pointwise', 'bias') and not folded
        if name in BLOCKS and not alone:
            return f'backbone.{STREAMS[stream]}_stream.{BLOCKS[name]}.{part}.{kind}'
    out = re.fullmatch(r'msms\.(s[01])_conv([123])_out\.conv\.(weight|bias)', original)
    if out:
        stream, stage, kind = out.groups()
        fusion = f'backbone.fusions.{int(stage) - 1}'
        return f'{fusion}.conv_{STREAMS[stream]}.{kind}'
    head = re.fullmatch(r'esp_s([123])\.(pred_fc|shift_fc|scale_fc)\.(\w+)', original)
    if head:
        stage, layer, kind = head.groups()
        return f'head.{HEAD[layer]}.{int(stage) - 1}.{kind}'
    layer, _, kind = original.rpartition('.')
    return REST.get(original) or f'{REST.get(layer, layer)}.{kind}'


CONVERTERS = (
    Converter(
        reads="the ONNX files of omasaht's FSA-Net in PyTorch (.onnx)",
        recognises=recognises,
        experiment=experiment,
        state_dict=to_state_dict,
    ),
)
