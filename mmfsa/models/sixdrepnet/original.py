"""The checkpoints of 6DRepNet, and of networks that are trained in the same way.

All end in a layer `linear_reg`, which speaks in 6DRepNet's frame. Our head adds a frontal
face to what its layer says; the converted bias is therefore without it.
"""

import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import torch
import torch.nn as nn

from ..conversion import Converter, Tensors, renamed
from ..heads.rotation_6d_head import FRONTAL

LAST = {'linear_reg.': 'head.linear.'}


def converted(
    tensors: Tensors,
    model: nn.Module,
    src: Path,
    rename: Callable[[nn.Module], Callable[[str], str]],
) -> dict[str, torch.Tensor]:
    """The state dict of a model with a `Rotation6DHead`.

    Args:
        tensors: By the original's names.
        model: The model.
        src: The file, for the error.
        rename: From the model to a function that renames a tensor.

    Raises:
        ValueError: Tensors are missing, surplus or misshapen; the message names them.
    """
    state_dict = renamed(tensors, model, src, rename(model))
    bias = state_dict['head.linear.bias']
    state_dict['head.linear.bias'] = bias - bias.new_tensor(FRONTAL)
    return state_dict


def by_prefix(_: nn.Module, prefixes: dict[str, str]) -> Callable[[str], str]:
    """Rename tensors by how their names begin; other tensors keep their names."""

    def rename(name: str) -> str:
        for old, new in {**LAST, **prefixes}.items():
            if name.startswith(old):
                return new + name.removeprefix(old)
        return name

    return rename


def is_repvgg(tensors: Tensors, last: str) -> bool:
    """Whether the blocks of a RepVGG end in a tensor `last`."""
    return {f'layer0.{last}', 'linear_reg.weight'} <= tensors.keys()


def is_resnet(tensors: Tensors) -> bool:
    """Whether tensors are a ResNet's of torchvision with the layer `linear_reg`."""
    return {'conv1.weight', 'layer4.0.conv1.weight', 'linear_reg.weight'} <= (
        tensors.keys()
    )


def resnet_experiment(tensors: Tensors, src: Path) -> str:
    """The experiment of a ResNet.

    6DRepNet360 and the ResNet-50 of yakhyo/head-pose-estimation have the same tensors.
    The latter's files are called `resnet50`.
    """
    if 'layer1.0.conv3.weight' not in tensors:
        return f'yakhyo_resnet{34 if "layer3.5.conv1.weight" in tensors else 18}'
    return 'yakhyo_resnet50' if 'resnet50' in src.name else 'sixdrepnet360'


def is_mobilenet_v2(tensors: Tensors) -> bool:
    """Whether tensors are a MobileNetV2's with the layer `linear_reg`."""
    return {'features.18.0.weight', 'linear_reg.weight'} <= tensors.keys()


def is_mobilenet_v3(tensors: Tensors) -> bool:
    """Whether tensors are a MobileNetV3's with two layers `linear_reg`."""
    return {'features.1.block.0.0.weight', 'linear_reg.2.weight'} <= tensors.keys()


def mobilenet_v3_experiment(tensors: Tensors, _: Path) -> str:
    """The experiment of a MobileNetV3, by its number of blocks."""
    size = 'large' if 'features.16.0.weight' in tensors else 'small'
    return f'yakhyo_mobilenet_v3_{size}'


def mobilenet_v3(
    tensors: Tensors, model: nn.Module, src: Path
) -> dict[str, torch.Tensor]:
    """The state dict of a MobileNetV3, see :func:`converted`.

    timm has a 1×1 convolution of one pixel in the place of the first linear layer.
    """
    first = 'linear_reg.0.weight'
    if first in tensors:
        tensors = {**tensors, first: tensors[first][..., None, None]}
    return converted(tensors, model, src, mobilenet_v3_names)


def mobilenet_v3_names(model: nn.Module) -> Callable[[str], str]:
    """From torchvision's names of a MobileNetV3's tensors to those of timm."""
    names = dict(_mobilenet_v3_modules(model.backbone.model))
    names['linear_reg.2'] = 'head.linear'

    def rename(name: str) -> str:
        module, _, tensor = name.rpartition('.')
        return f'{names.get(module, module)}.{tensor}'

    return rename


def _mobilenet_v3_modules(model: nn.Module) -> Iterator[tuple[str, str]]:
    """The names of modules in torchvision and in our model, which is timm's."""
    ours = 'backbone.model'
    yield from {
        'features.0.0': f'{ours}.conv_stem',
        'features.0.1': f'{ours}.bn1',
        'linear_reg.0': f'{ours}.conv_head',
    }.items()
    blocks = [name for name in dict(model.named_modules()) if _is_block(name)]
    *residuals, last = blocks
    for k, block in enumerate(residuals, 1):
        modules = dict(model.get_submodule(block).named_children())
        # In both, in the order of computation: convolution and norm, and the SE part.
        steps = ['conv_pw', 'conv_dw', 'se', 'conv_pwl']
        if 'conv_pwl' not in modules:
            steps = ['conv_dw', 'se', 'conv_pw']
        steps = [s for s in steps if not isinstance(modules[s], nn.Identity)]
        norms = 0
        for j, step in enumerate(steps):
            theirs, inner = f'features.{k}.block.{j}', f'{ours}.{block}'
            if step == 'se':
                yield f'{theirs}.fc1', f'{inner}.se.conv_reduce'
                yield f'{theirs}.fc2', f'{inner}.se.conv_expand'
            else:
                norms += 1
                yield f'{theirs}.0', f'{inner}.{step}'
                yield f'{theirs}.1', f'{inner}.bn{norms}'
    yield f'features.{len(blocks)}.0', f'{ours}.{last}.conv'
    yield f'features.{len(blocks)}.1', f'{ours}.{last}.bn1'


def _is_block(name: str) -> bool:
    return re.fullmatch(r'blocks\.\d+\.\d+', name) is not None


REPVGG = {f'layer{k}.': f'backbone.stage{k}.' for k in range(5)}
RESNET = {name: f'backbone.model.{name}' for name in ('conv1.', 'bn1.', 'layer')}
MOBILENET_V2 = {'features.': 'backbone.features.'}


def _converter(
    reads: str,
    recognises: Callable[[Tensors], bool],
    experiment: Callable[[Tensors, Path], str],
    rename: Callable[[nn.Module], Callable[[str], str]],
) -> Converter:
    return Converter(reads, recognises, experiment, partial(converted, rename=rename))


CONVERTERS = (
    _converter(
        '6DRepNet while it learns (.pth)',
        partial(is_repvgg, last='rbr_dense.conv.weight'),
        lambda *_: 'sixdrepnet',
        partial(by_prefix, prefixes=REPVGG),
    ),
    _converter(
        '6DRepNet after it has learned (.pth)',
        partial(is_repvgg, last='rbr_reparam.weight'),
        lambda *_: 'sixdrepnet_deployed',
        partial(by_prefix, prefixes=REPVGG),
    ),
    _converter(
        '6DRepNet360 and the ResNets of yakhyo/head-pose-estimation (.pth, .pt)',
        is_resnet,
        resnet_experiment,
        partial(by_prefix, prefixes=RESNET),
    ),
    _converter(
        'MobileNetV2 of yakhyo/head-pose-estimation (.pt)',
        is_mobilenet_v2,
        lambda *_: 'yakhyo_mobilenet_v2',
        partial(by_prefix, prefixes=MOBILENET_V2),
    ),
    Converter(
        'MobileNetV3 of yakhyo/head-pose-estimation (.pt)',
        is_mobilenet_v3,
        mobilenet_v3_experiment,
        mobilenet_v3,
    ),
)
