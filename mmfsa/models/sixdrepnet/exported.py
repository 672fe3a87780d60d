"""The ONNX files of yakhyo/head-pose-estimation, which uniface downloads.

Their exporter folded every batch norm into the convolution before it. So the layers of a
file and of our network are paired in the order in which they compute, and a norm keeps
nothing but the convolution's bias. What comes out is compared with the file before anyone
uses it.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
import torch.nn as nn

from mmfsa.structures import rotation_6d_to_matrix
from mmfsa.utils.onnx_session import open_session
from mmfsa.utils.packages import import_package

from ..conversion import Converter, Tensors
from ..heads.rotation_6d_head import FRONTAL

# By the number of convolutions, and by what the last layer reads.
NETWORKS = {
    (20, 512): 'resnet18',
    (36, 512): 'resnet34',
    (53, 2048): 'resnet50',
    (52, 1280): 'mobilenet_v2',
    (52, 1024): 'mobilenet_v3_small',
    (62, 1280): 'mobilenet_v3_large',
}
TOLERANCE = 1e-3  # of an entry of the rotation matrix
IMAGE = 1, 3, 224, 224


def network_of(tensors: Tensors) -> str | None:
    """The experiment that a file's tensors belong to; None where they are another's."""
    convolutions = sum(value.ndim == 4 for value in tensors.values())
    last = [t for t in tensors.values() if t.ndim == 2 and t.shape[0] == 6]
    if len(last) != 1:
        return None
    name = NETWORKS.get((convolutions, last[0].shape[1]))
    return name and f'yakhyo_{name}'


def is_exported(tensors: Tensors) -> bool:
    """Whether tensors are such a network's, without its batch norms."""
    norms = any(name.endswith('running_mean') for name in tensors)
    return not norms and network_of(tensors) is not None


def state_dict(
    tensors: Tensors, model: nn.Module, src: Path
) -> dict[str, torch.Tensor]:
    """The state dict of a network, from the layers of a file in their order.

    Args:
        tensors: The file's.
        model: The network, whose weights become the file's.
        src: The file.

    Raises:
        ImportError: onnx or ONNX Runtime is not installed.
        ValueError: The layers don't fit, or the network computes something else than the
            file does.
    """
    theirs = list(layers_of(src, tensors))
    model.eval()
    ours = list(layers_in_order(model))
    if len(theirs) != len(ours):
        raise ValueError(
            f'{src} does not fit the model: it has {len(theirs)} layers, not {len(ours)}'
        )
    for number, ((weight, bias), (layer, norm)) in enumerate(
        zip(theirs, ours, strict=True), 1
    ):
        if weight.size != layer.weight.numel():
            raise ValueError(
                f'{src} does not fit the model: misshapen layer {number} '
                f'{weight.shape}, which should be {tuple(layer.weight.shape)}'
            )
        layer.weight.data = torch.from_numpy(weight.copy()).reshape(layer.weight.shape)
        if norm is None:
            layer.bias.data = torch.from_numpy(bias.copy())
            continue
        nn.init.ones_(norm.weight)
        nn.init.zeros_(norm.running_mean)
        nn.init.constant_(norm.running_var, 1 - norm.eps)
        norm.bias.data = torch.from_numpy(bias.copy())
    last = model.head.linear
    last.bias.data -= last.bias.new_tensor(FRONTAL)
    check(model, src)
    return model.state_dict()


def layers_of(src: Path, tensors: Tensors) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Weight and bias of each convolution and linear layer of a file, in its order."""
    onnx = import_package('onnx')
    nodes = onnx.load(src, load_external_data=False).graph.node
    # Equal tensors are stored once.
    same = {n.output[0]: n.input[0] for n in nodes if n.op_type == 'Identity'}
    for node in nodes:
        if node.op_type in ('Conv', 'Gemm'):
            names = [same.get(name, name) for name in node.input[1:]]
            if len(names) != 2 or not tensors.keys() >= {*names}:
                raise ValueError(
                    f'{src} does not fit the model: {node.name or node.op_type} has no '
                    'weight and bias of its own'
                )
            yield tensors[names[0]], tensors[names[1]]


def layers_in_order(model: nn.Module) -> Iterator[tuple[nn.Module, nn.Module | None]]:
    """Each convolution and linear layer of a network as it computes, and its norm."""
    ran: list[nn.Module] = []
    hooks = [
        module.register_forward_hook(lambda module, *_: ran.append(module))
        for module in model.modules()
        if isinstance(module, nn.Conv2d | nn.Linear | nn.BatchNorm2d)
    ]
    with torch.no_grad():
        model.head(model.extract_feat(torch.zeros(IMAGE)))
    for hook in hooks:
        hook.remove()
    for module, following in zip(ran, [*ran[1:], None], strict=True):
        if not isinstance(module, nn.BatchNorm2d):
            yield module, following if isinstance(following, nn.BatchNorm2d) else None


@torch.no_grad()
def check(model: nn.Module, src: Path) -> None:
    """Compare a network with the file that its weights are from.

    Raises:
        ValueError: They compute different rotations.
    """
    session = open_session(src)
    image = np.random.RandomState(0).randn(*IMAGE).astype(np.float32)
    (expected,) = session.run(None, {session.get_inputs()[0].name: image})
    outputs = model.head(model.extract_feat(torch.from_numpy(image)))
    found = rotation_6d_to_matrix(outputs['rotation_6d']).numpy()
    if expected.shape != found.shape or np.abs(expected - found).max() > TOLERANCE:
        raise ValueError(
            f'{src} does not fit the model: the network computes other rotations than '
            'the file'
        )


CONVERTERS = (
    Converter(
        'the networks of yakhyo/head-pose-estimation and uniface (.onnx)',
        is_exported,
        lambda tensors, _: network_of(tensors),
        state_dict,
    ),
)
