"""The Keras files of FSA-Net's authors: a file's variant, and its tensors in torch."""

from pathlib import Path

import numpy as np
import torch
import torch.nn as nn

from mmfsa.models import ConvScoring, FSANeck
from mmfsa.models.conversion import Converter, from_keras_layout


def recognises(tensors: dict[str, np.ndarray]) -> bool:
    """Whether tensors are the authors': all their models begin with such a layer."""
    return 'separable_conv2d_1/depthwise_kernel' in tensors


def experiment(
    tensors: dict[str, np.ndarray], src: Path, protocol: str | None = None
) -> str:
    """The name of the experiment that the tensors belong to.

    Args:
        tensors: By their Keras names.
        src: The file.
        protocol: `p1` or `p2`; by default it is read off the folder that the file lies
            in, as in the authors' release (300W_LP…: p1, BIWI…: p2).

    Raises:
        ValueError: If the tensors are none of the variants.
    """
    if protocol is None:
        protocol = 'p2' if src.resolve().parent.name.startswith('BIWI') else 'p1'
    return f'{variant(tensors, src)}_{protocol}'


def variant(tensors: dict[str, np.ndarray], src: Path) -> str:
    """The variant, such as `fsa_caps_1x1`, by tensors that only it has."""
    layers = {name.split('/')[0] for name in tensors}
    weights = {name.split('/')[1] for name in tensors}
    if 'dense_9' in layers:
        return 'ssrnet_md'
    aggregations = {'W': 'caps', 'kernel_H1': 'vlad', 'kernel_type1': 'none'}
    found = [aggregations[weight] for weight in aggregations.keys() & weights]
    if len(found) != 1:
        raise ValueError(
            f'{src} is none of the FSA-Net models: it must have either capsules (W), '
            'NetVLAD (kernel_H1), linear aggregation (kernel_type1) or the layers of '
            'SSR-Net-MD (dense_9)'
        )
    scoring = '1x1' if 'conv2d_7' in layers else 'var' if 'dense_5' in layers else 'wo'
    return f'fsa_{found[0]}_{scoring}'


def to_state_dict(
    tensors: dict[str, np.ndarray], model: nn.Module, src: Path
) -> dict[str, torch.Tensor]:
    """The state dict of `model` with the values of the Keras tensors.

    Raises:
        ValueError: If tensors are missing, surplus or misshapen; the message names them.
    """
    names = keras_names(model)
    expected = model.state_dict()
    problems = [f'missing {name}' for name in names.values() if name not in tensors]
    problems += [f'surplus {name}' for name in sorted(set(tensors) - {*names.values()})]
    state_dict = {}
    for key, template in expected.items():
        if key.endswith('num_batches_tracked'):
            state_dict[key] = template
        elif names[key] in tensors:
            value = to_torch_layout(names[key], tensors[names[key]])
            state_dict[key] = torch.from_numpy(np.ascontiguousarray(value))
            if value.shape != template.shape:
                problems.append(
                    f'misshapen {names[key]} {tensors[names[key]].shape}: {key} is '
                    f'{tuple(template.shape)}'
                )
    if problems:
        raise ValueError(f'{src} does not fit the model: {"; ".join(problems)}')
    return state_dict


def keras_names(model: nn.Module) -> dict[str, str]:
    """The Keras name of every tensor of the model's state dict."""
    names = {}

    def add(prefix: str, layer: str, **weights: str) -> None:
        names.update({f'{prefix}.{k}': f'{layer}/{v}' for k, v in weights.items()})

    def add_layer(prefix: str, layer: str) -> None:
        add(prefix, layer, weight='kernel', bias='bias')

    blocks = [
        name.removesuffix('.bn')
        for name, _ in model.named_modules()
        if name.endswith('.bn')
    ]
    for i, block in enumerate(blocks, 1):
        layer = f'separable_conv2d_{i}'
        add(f'{block}.depthwise', layer, weight='depthwise_kernel')
        add(f'{block}.pointwise', layer, weight='pointwise_kernel', bias='bias')
        add(
            f'{block}.bn',
            f'batch_normalization_{i}',
            weight='gamma',
            bias='beta',
            running_mean='moving_mean',
            running_var='moving_variance',
        )
    # The authors count stages from the deepest.
    for stage, fusion in enumerate((2, 1, 0)):
        add_layer(f'backbone.fusions.{fusion}.conv_tanh', f'conv2d_{2 * stage + 1}')
        add_layer(f'backbone.fusions.{fusion}.conv_relu', f'conv2d_{2 * stage + 2}')

    if isinstance(model.neck, FSANeck):
        before_head = 0
        if isinstance(model.neck.scoring, ConvScoring):
            add_layer('neck.scoring.conv', 'conv2d_7')
        if model.neck.mapping is not None:
            before_head = 2
            add_layer('neck.mapping.f_M', 'dense_1')
            add_layer('neck.mapping.f_C', 'dense_2')
        names.update(AGGREGATION_NAMES[type(model.neck.aggregation).__name__])
        for k in range(3):
            add_layer(f'head.p.{k}', f'dense_{before_head + k + 1}')
            add_layer(f'head.delta.{k}', f'delta_s{k + 1}')
            add_layer(f'head.eta.{k}', f'local_delta_stage{k + 1}')
    else:
        for k in range(3):
            add_layer(f'head.delta.{k}.0', f'dense_{3 * k + 1}')
            add_layer(f'head.eta.{k}.0', f'dense_{3 * k + 2}')
            add_layer(f'head.p.{k}', f'dense_{3 * k + 3}')
            add_layer(f'head.delta.{k}.2', f'delta_s{k + 1}')
            add_layer(f'head.eta.{k}.2', f'local_delta_stage{k + 1}')
    return names


AGGREGATION_NAMES = {
    'CapsuleAggregation': {'neck.aggregation.weight': 'caps/W'},
    'NetVLADAggregation': {
        'neck.aggregation.assignment.weight': 'net_vlad_1/kernel_W1',
        'neck.aggregation.assignment.bias': 'net_vlad_1/kernel_B1',
        'neck.aggregation.centres': 'net_vlad_1/kernel_W2',
        'neck.aggregation.projection.weight': 'net_vlad_1/kernel_H1',
    },
    'LinearAggregation': {
        'neck.aggregation.over_channels.weight': 'mat_mul_layer_1/kernel_type1',
        'neck.aggregation.over_candidates.weight': 'mat_mul_layer_2/kernel_type2',
    },
}


def to_torch_layout(name: str, value: np.ndarray) -> np.ndarray:
    """A Keras tensor as torch has it; NetVLAD's centres lose an empty axis."""
    return value[0] if name.endswith('kernel_W2') else from_keras_layout(name, value)


CONVERTERS = (
    Converter(
        reads="the Keras files of FSA-Net's authors (.h5)",
        recognises=recognises,
        experiment=experiment,
        state_dict=to_state_dict,
        options=frozenset({'protocol'}),
    ),
)
