"""How the weights of other projects become state dicts of our models."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn as nn

Tensors = dict[str, np.ndarray]


@dataclass(frozen=True)
class Converter:
    """How one kind of files is converted.

    Attributes:
        reads: The files, in words.
        recognises: Whether tensors are of this kind.
        experiment: The name of the experiment that tensors belong to, by the tensors, the
            path of their file and the options.
        state_dict: The state dict of a model, by the tensors, the model and the path; for
            most files :func:`renamed` makes it.
        options: The names of the options that `experiment` takes.
        network: Builds the model where it is none that finds poses, such as a detector's
            network; None: the experiment's config does.
    """

    reads: str
    recognises: Callable[[Tensors], bool]
    experiment: Callable[..., str]
    state_dict: Callable[[Tensors, nn.Module, Path], dict[str, torch.Tensor]]
    options: frozenset[str] = frozenset()
    network: Callable[[], nn.Module] | None = None


def renamed(
    tensors: Tensors,
    model: nn.Module,
    src: Path,
    rename: Callable[[str], str | None],
) -> dict[str, torch.Tensor]:
    """A model's state dict from tensors that only have other names.

    Args:
        tensors: By their original names.
        model: The model. It gives what no file has: the counts of batches, and
            constants.
        src: The file, for the error.
        rename: Our name of an original name; None for a tensor that nothing uses.

    Raises:
        ValueError: Tensors are missing, surplus or misshapen; the message names them.
    """
    expected = model.state_dict()
    found, problems = {}, []
    for original, value in tensors.items():
        name = rename(original)
        if name is None:
            continue
        if name not in expected:
            problems.append(f'surplus {original}')
        elif value.shape != tuple(expected[name].shape):
            problems.append(
                f'misshapen {original} {value.shape}: {name} is '
                f'{tuple(expected[name].shape)}'
            )
        else:
            # A copy: tensors of a file may be read-only.
            found[name] = torch.from_numpy(np.array(value)).to(expected[name].dtype)
    counts = {n: v for n, v in expected.items() if n.endswith('num_batches_tracked')}
    named = found.keys() | {rename(original) for original in tensors}
    missing = expected.keys() - counts.keys() - named
    problems += [f'missing the tensor of {name}' for name in sorted(missing)]
    if problems:
        raise ValueError(f'{src} does not fit the model: {"; ".join(problems)}')
    return {name: found.get(name, expected[name]) for name in expected}


def with_binned_head(
    tensors: Tensors,
    model: nn.Module,
    src: Path,
    layers: Sequence[str],
    backbone: str = 'backbone.',
    unused: str | tuple[str, ...] = (),
) -> dict[str, torch.Tensor]:
    """The state dict of a model with a `BinnedHead`, from a file with a layer an angle.

    Args:
        tensors: By their original names.
        model: The model.
        src: The file, for the error.
        layers: Names of the layers, of yaw, pitch and roll.
        backbone: What stands before the names of all other tensors here.
        unused: How the names of tensors begin that nothing uses.

    Raises:
        ValueError: Tensors are missing, surplus or misshapen; the message names them.
    """

    def rename(name: str) -> str | None:
        if name.startswith(unused):
            return None
        return name if name.startswith('head.') else f'{backbone}{name}'

    tensors = joined(tensors, layers, model.head.bins.num, 'head.linear', src)
    return renamed(tensors, model, src, rename)


def joined(
    tensors: Tensors,
    layers: Sequence[str],
    sizes: Sequence[int],
    name: str,
    src: Path,
) -> Tensors:
    """The tensors with one linear layer in the place of several that read the same.

    Args:
        tensors: By their names; a layer has a `weight` (size, …) and a `bias` (size,).
        layers: Names of the layers.
        sizes: What each layer should give.
        name: The new layer's name.
        src: The file, for the error.

    Raises:
        ValueError: A layer is missing, or has another size.
    """
    rest = dict(tensors)
    for kind in ('weight', 'bias'):
        parts = []
        for layer, size in zip(layers, sizes, strict=True):
            part = rest.pop(f'{layer}.{kind}', None)
            if part is None:
                raise ValueError(
                    f'{src} does not fit the model: missing {layer}.{kind}'
                )
            if len(part) != size:
                raise ValueError(
                    f'{src} does not fit the model: misshapen {layer}.{kind} '
                    f'{part.shape}, which should give {size} numbers'
                )
            parts.append(part)
        rest[f'{name}.{kind}'] = np.concatenate(parts)
    return rest


def from_keras_layout(name: str, value: np.ndarray) -> np.ndarray:
    """A tensor of a Keras layer as torch has it, which puts a kernel's output first.

    Args:
        name: The tensor's name, such as `conv2d_1/kernel`.
        value: (height, width, in, out) of a convolution, (height, width, channels, 1) of
            a depthwise one, (in, out) of a linear layer; others stay as they are.
    """
    if name.endswith('depthwise_kernel'):
        return value.transpose(2, 3, 0, 1)
    if 'kernel' in name and value.ndim == 4:
        return value.transpose(3, 2, 0, 1)
    if value.ndim == 2:
        return value.T
    return value
