"""The files of opentrack: two networks of ONNX, and a localizer of faces."""

import re
from pathlib import Path

import numpy as np
import torch
import torch.nn as nn

from mmfsa.utils.packages import import_package

from ..backbones.mobilenet_v1 import BLOCKS
from ..conversion import Converter, Tensors, renamed
from .localizer import HeadLocalizer

PREFIX = '/_original/convnet/'
HEAD = {
    '_original.quatnet.linear': 'head.quaternion',
    '_original.quatnet.uncertainty_net.neck.lin': 'head.rotation_scales.linear',
    '_original.posnet.linear_xy': 'head.centre',
    '_original.posnet.linear_size': 'head.size',
    '_original.posnet.scales.neck.lin': 'head.place_scales.linear',
    '_original.boxnet.linear': 'head.box',
}
MARK = '_original.quatnet.linear.weight'  # a tensor that only OpNet's networks have
LEAST = 'min_diag'  # a constant of all files
# Constants of the file that its offset was folded into.
MOVED = 'onnx::MatMul_1830'
TURNED = '/_original/local_pose_offset/Reshape_1_output_0'
RESIZED = '/_original/local_pose_offset/Unsqueeze_2_output_0'
NOT_IN_FILES = 'head.box_scales.hidden'  # training alone needs it
BN_EPS = 1e-5


def is_quantized(tensors: Tensors) -> bool:
    """Whether the network's weights are whole numbers."""
    return any(value.dtype == np.int8 for value in tensors.values())


def layer(unit: str) -> str:
    """The file's name of one of our convolutions, such as `blocks.3.depthwise`.

    >>> layer('stem'), layer('blocks.0.depthwise'), layer('blocks.3.pointwise')
    ('conv1', 'conv_dw', 'conv_sep_3')
    """
    if unit == 'stem':
        return 'conv1'
    _, number, kind = unit.split('.')
    short = dict(depthwise='conv_dw', pointwise='conv_sep')[kind]
    return short if number == '0' else f'{short}_{number}'


UNITS = (
    'stem',
    *(
        f'blocks.{i}.{k}'
        for i in range(len(BLOCKS))
        for k in ('depthwise', 'pointwise')
    ),
)


def kernels_and_biases(tensors: Tensors, src: Path) -> Tensors:
    """The convolutions, which the file names after what once made them floats.

    Raises:
        ValueError: Some are missing.
    """
    found, missing = {}, []
    for unit in UNITS:
        for number, name in ((1, 'conv.weight'), (2, 'bn.bias')):
            original = f'{PREFIX}{layer(unit)}/DequantizeLinear_{number}_output_0'
            if original in tensors:
                found[f'backbone.{unit}.{name}'] = tensors[original]
            else:
                missing.append(original)
    if missing:
        raise ValueError(f'{src} is not whole: it has no {", ".join(missing)}')
    return found


def offset(tensors: Tensors, src: Path) -> np.ndarray:
    """The values of the head's :class:`~.pose_offset.LocalPoseOffset`.

    Raises:
        ValueError: The file has none, or its turn and its move differ.
    """
    missing = [name for name in (MOVED, TURNED, RESIZED) if name not in tensors]
    if missing:
        raise ValueError(f'{src} is not whole: it has no {", ".join(missing)}')
    _, down, along_z = tensors[MOVED].reshape(-1)
    real, about_x = tensors[TURNED].reshape(-1)[:2]
    turn = 2 * np.arctan2(about_x, real)
    if abs(turn - down) > 1e-5:
        raise ValueError(
            f'{src} is of another version of OpNet: it turns heads by {turn:.4f} and '
            f'moves them by {down:.4f}, which is one number here'
        )
    factor = float(tensors[RESIZED].reshape(()))
    resize = np.log(factor) if factor < 1 else factor - 1
    return np.array([down, along_z, resize], np.float32)


def network(tensors: Tensors, src: Path) -> Tensors:
    """The head's and the convolutions' tensors of a file by our names."""
    found = kernels_and_biases(tensors, src)
    for name, value in tensors.items():
        stem, _, kind = name.rpartition('.')
        if name.startswith('_original.') and kind != LEAST:
            found[f'{HEAD.get(stem, stem)}.{kind}'] = value
    found['head.offset.values'] = offset(tensors, src)
    found[NOT_IN_FILES] = np.zeros(5, np.float32)
    return found


def to_float(tensors: Tensors, model: nn.Module, src: Path) -> dict[str, torch.Tensor]:
    """The state dict of the network in floats; its batch norms are folded into the file.

    Raises:
        ValueError: Tensors are missing, surplus or misshapen; the message names them.
    """
    found = network(tensors, src)
    for unit in UNITS:
        bias = found[f'backbone.{unit}.bn.bias']
        found[f'backbone.{unit}.bn.weight'] = np.ones_like(bias)
        found[f'backbone.{unit}.bn.running_mean'] = np.zeros_like(bias)
        found[f'backbone.{unit}.bn.running_var'] = np.full_like(bias, 1 - BN_EPS)
    return renamed(found, model, src, lambda name: name)


def to_quantized(
    tensors: Tensors, model: nn.Module, src: Path
) -> dict[str, torch.Tensor]:
    """The state dict of the network in 8 bits, with the scales of the file.

    Raises:
        ValueError: Tensors are missing, surplus or misshapen; the message names them.
    """
    steps, floats, scales = quantization(src)
    found = network({**tensors, **floats}, src)
    for unit in UNITS:
        name = f'{PREFIX}{layer(unit)}'
        found[f'backbone.{unit}.conv.bias'] = found.pop(f'backbone.{unit}.bn.bias')
        found[f'backbone.{unit}.conv.scale'] = scales[
            f'{name}/DequantizeLinear_1_output_0'
        ]
    quantizers = {name for name in model.state_dict() if name.endswith('.zero_point')}
    for ours in sorted(name.removesuffix('.zero_point') for name in quantizers):
        name = quantizer(ours)
        if name not in steps:
            raise ValueError(f'{src} is not whole: it has no {name}')
        found[f'{ours}.scale'], found[f'{ours}.zero_point'] = steps[name]
    return renamed(found, model, src, lambda name: name)


def quantizer(name: str) -> str:
    """The file's name of what one of our roundings gives.

    >>> quantizer('backbone.blocks.2.quantize').removeprefix(PREFIX)
    'QuantizeLinear_1_output_0'
    """
    unit = name.removeprefix('backbone.').rpartition('.')[0]
    if name.endswith('quantize_input'):
        own = 'QuantizeLinear'
    elif name.endswith('quantize_features'):
        own = 'avgpool/QuantizeLinear'
    elif unit in UNITS:
        own = f'{layer(unit)}/QuantizeLinear'
    else:  # the sums of shortcuts, in their order
        own = f'QuantizeLinear_{SHORTCUTS.index(unit) + 1}'
    return f'{PREFIX}{own}_output_0'


SHORTCUTS = [
    f'blocks.{i}'
    for i, (channels, stride) in enumerate(BLOCKS)
    if i and stride == 1 and channels == BLOCKS[i - 1][0]
]


def quantization(
    src: Path,
) -> tuple[dict[str, tuple[np.ndarray, np.ndarray]], Tensors, Tensors]:
    """What a file's operations say of its rounding, by the names of their outputs.

    Returns:
        The scale and the zero point of each rounding; the constants as floats; and the
        scales of these constants.
    """
    onnx = import_package('onnx')
    graph = onnx.load(src).graph
    constants = {t.name: onnx.numpy_helper.to_array(t) for t in graph.initializer}
    steps, floats, scales = {}, {}, {}
    for node in graph.node:
        if node.op_type not in ('QuantizeLinear', 'DequantizeLinear'):
            continue
        (output,) = node.output
        value, scale, zero_point = (constants.get(name) for name in node.input)
        if node.op_type == 'QuantizeLinear':
            steps[output] = scale, zero_point.astype(np.int32)
        elif value is not None:
            wide = [-1] + [1] * (value.ndim - 1)
            exact = value.astype(np.float64) - zero_point.reshape(wide)
            floats[output] = (exact * scale.reshape(wide)).astype(np.float32)
            scales[output] = scale
    return steps, floats, scales


def is_localizer(tensors: Tensors) -> bool:
    """Whether tensors are the localizer's: its first and its last layer."""
    shapes = {name: value.shape for name, value in tensors.items()}
    return shapes.get('604') == (8, 1, 3, 3) and 'convnet.14.weight' in shapes


def to_localizer(
    tensors: Tensors, model: nn.Module, src: Path
) -> dict[str, torch.Tensor]:
    """The localizer's state dict; the file numbers its layers in their order.

    Raises:
        ValueError: Tensors are missing, surplus or misshapen; the message names them.
    """
    numbered = sorted(
        (name for name, value in tensors.items() if _is_layer(name, value)), key=int
    )
    ours = [name for name in model.state_dict() if not name.startswith(LAST)]
    names = dict(zip(numbered, ours, strict=False))
    for kind in ('weight', 'bias'):
        names[f'convnet.14.{kind}'] = f'{LAST}.{kind}'
    if len(numbered) > len(ours):
        surplus = ', '.join(numbered[len(ours) :])
        raise ValueError(f'{src} does not fit the model: surplus {surplus}')
    return renamed(tensors, model, src, names.get)


LAST = 'layers.17'


def _is_layer(name: str, value: np.ndarray) -> bool:
    """Whether a tensor is a kernel (out, in, h, w) or a bias (out,), not a constant."""
    whole = re.fullmatch(r'\d+', name) and value.dtype == np.float32
    return bool(whole) and (value.ndim == 1 or value.shape[0] > 1)


CONVERTERS = (
    Converter(
        reads="opentrack's head-pose-*-small*.onnx, in floats or 8 bits",
        recognises=lambda tensors: MARK in tensors,
        experiment=lambda tensors, _: (
            'opnet_small_int8' if is_quantized(tensors) else 'opnet_small'
        ),
        state_dict=lambda tensors, model, src: (
            to_quantized if is_quantized(tensors) else to_float
        )(tensors, model, src),
    ),
    Converter(
        reads="opentrack's head-localizer.onnx",
        recognises=is_localizer,
        experiment=lambda *_: 'opnet_localizer',
        state_dict=to_localizer,
        network=HeadLocalizer,
    ),
)
