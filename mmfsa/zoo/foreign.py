"""The tensors of weight files that other packages wrote."""

from pathlib import Path

import numpy as np
import torch

from mmfsa.engine import load_checkpoint
from mmfsa.utils.packages import import_package

Tensors = dict[str, np.ndarray]
KERAS = '.h5', '.hdf5'


def read_tensors(src: Path) -> Tensors:
    """The tensors of a file by their names.

    Args:
        src: Keras weights (.h5), or a PyTorch checkpoint, whose names lose the `module.`
            that a wrapper for several GPUs puts before them.

    Raises:
        ImportError: If h5py is not installed, which reads Keras weights.
        OSError: If the file can't be read.
        ValueError: If it holds no weights, or NaN, or pickled objects.
    """
    tensors = read_keras(src) if src.suffix in KERAS else read_torch(src)
    bad = [name for name, value in tensors.items() if not np.isfinite(value).all()]
    if bad:
        raise ValueError(
            f'{src} holds NaN or infinite values in {len(bad)} of {len(tensors)} '
            f'tensors: {", ".join(bad)}'
        )
    return tensors


def read_keras(src: Path) -> Tensors:
    """The tensors of a Keras file by their short names, such as `conv2d_1/kernel`."""
    h5py = import_package('h5py')
    tensors = {}
    with h5py.File(src) as file:
        if 'layer_names' not in file.attrs:
            raise ValueError(f'{src} holds no Keras weights (no layer_names)')
        for layer in file.attrs['layer_names']:
            group = file[layer]
            for weight in group.attrs['weight_names']:
                name = '/'.join(weight.decode().removesuffix(':0').split('/')[-2:])
                tensors[name] = np.asarray(group[weight])
    return tensors


def read_torch(src: Path) -> Tensors:
    """The tensors of a PyTorch checkpoint, read without running code from the file."""
    content = load_checkpoint(src)
    content = content.get('state_dict', content)
    tensors = {
        name.removeprefix('module.'): value.detach().numpy()
        for name, value in content.items()
        if isinstance(value, torch.Tensor)
    }
    if not tensors:
        raise ValueError(f'{src} holds no weights')
    return tensors
