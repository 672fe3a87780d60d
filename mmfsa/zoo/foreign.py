"""The tensors of weight files that other packages wrote."""

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import torch

from mmfsa.engine import load_checkpoint
from mmfsa.models.conversion import Tensors
from mmfsa.utils.packages import import_package


def read_tensors(src: Path) -> Tensors:
    """The tensors of a file by their names.

    Args:
        src: Keras weights (.h5), a PyTorch checkpoint (.pth, .pkl), arrays of NumPy
            (.npz), an ONNX model (.onnx) or one of OpenVINO (.xml, or the .bin beside
            it). The content must be what the name says.

    Raises:
        FileNotFoundError: If there is no such file.
        ImportError: If the package that reads such files is not installed.
        ValueError: If the file is damaged, or has another format than its name says; if
            it holds no weights, or NaN, or pickled objects.
    """
    if not src.is_file():
        raise FileNotFoundError(f'there is no file {src}')
    kind = _kind_of(src)
    try:
        tensors = kind.read(src)
    except (ImportError, FileNotFoundError):
        raise
    except Exception as e:  # what a reader stumbles over differs from file to file
        told = str(e) if str(src) in str(e) else f'{src} is damaged: {e!r}'
        raise ValueError(told) from e
    if not tensors:
        raise ValueError(f'{src} holds no weights')
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
    """The tensors of a PyTorch checkpoint, read without running code from the file.

    The names lose the `module.` that a wrapper for several GPUs puts before them.
    """
    content = load_checkpoint(src)
    for key in ('state_dict', 'model_state_dict'):
        content = content.get(key, content)
    return {
        name.removeprefix('module.'): value.detach().numpy()
        for name, value in content.items()
        if isinstance(value, torch.Tensor)
    }


def read_numpy(src: Path) -> Tensors:
    """The arrays of a .npz file."""
    with np.load(src, allow_pickle=False) as arrays:
        return dict(arrays)


def read_onnx(src: Path) -> Tensors:
    """The weights of an ONNX model, by the names that its graph gives them."""
    onnx = import_package('onnx')
    graph = onnx.load(src, load_external_data=False).graph
    return {t.name: onnx.numpy_helper.to_array(t) for t in graph.initializer}


def read_openvino(src: Path) -> Tensors:
    """The constants of an OpenVINO model, by the operations that use them.

    A constant has the name of the operation and the number of the input that it goes to,
    such as `conv1/WithoutBiases/1`: its own name differs from file to file.
    """
    openvino = import_package('openvino')
    model = src.with_suffix('.xml')
    for part in (model, src.with_suffix('.bin')):
        if not part.is_file():
            raise FileNotFoundError(f'{src} is half a model: {part} must lie beside it')
    tensors = {}
    for op in openvino.Core().read_model(model).get_ops():
        if op.get_type_name() == 'Constant':
            (use, *_) = op.output(0).get_target_inputs()
            if use.get_node().get_type_name() == 'Convert':  # from half precision
                (use, *_) = use.get_node().output(0).get_target_inputs()
            name = f'{use.get_node().get_friendly_name()}/{use.get_index()}'
            tensors[name] = np.array(op.data)
    return tensors


class Kind(NamedTuple):
    """A format of files.

    Attributes:
        name: The format, in words.
        suffixes: How such files are named.
        read: Reads the tensors.
        begins: Whether a file begins like one, by its path and its first bytes.
    """

    name: str
    suffixes: tuple[str, ...]
    read: Callable[[Path], Tensors]
    begins: Callable[[Path, bytes], bool]


def _members(src: Path) -> list[str]:
    """The names of what a zip file holds; none of a damaged one."""
    try:
        with zipfile.ZipFile(src) as archive:
            return archive.namelist()
    except zipfile.BadZipFile:
        return []


KINDS = (
    Kind(
        'an HDF5 file',
        ('.h5', '.hdf5'),
        read_keras,
        lambda _, head: head.startswith(b'\x89HDF\r\n\x1a\n'),
    ),
    Kind(
        'a PyTorch checkpoint',
        ('.pth', '.pt', '.pkl', '.tar', '.bin'),
        read_torch,
        lambda src, head: (
            head.startswith(b'\x80')
            or any(name.endswith('data.pkl') for name in _members(src))
        ),
    ),
    Kind(
        'an archive of NumPy arrays',
        ('.npz',),
        read_numpy,
        lambda src, _: any(name.endswith('.npy') for name in _members(src)),
    ),
    Kind(
        'an OpenVINO model',
        ('.xml', '.bin'),
        read_openvino,
        lambda src, head: head.lstrip().startswith(b'<?xml') or _has_model(src),
    ),
    Kind(
        'an ONNX model',
        ('.onnx',),
        read_onnx,
        # A protobuf begins with the number of its first field: the version of the IR.
        lambda _, head: head.startswith(b'\x08'),
    ),
)


def _has_model(src: Path) -> bool:
    return src.suffix == '.bin' and src.with_suffix('.xml').is_file()


def kind_by_content(src: Path) -> Kind | None:
    """The format of a file, whatever its name says; None where it is no known one."""
    with src.open('rb') as file:
        head = file.read(64)
    return next((kind for kind in KINDS if kind.begins(src, head)), None)


def why_no_checkpoint(src: Path) -> str | None:
    """What a file is that is no checkpoint, and what to do with it; None: not known."""
    kind = kind_by_content(src)
    if kind is None:
        is_image = cv2.haveImageReader(str(src))
        return f'{src} is no checkpoint: it is an image' if is_image else None
    if kind.read is read_torch:
        return None
    if kind.read is read_onnx:
        return (
            f'{src} is {kind.name}, no checkpoint: name it {src.with_suffix(".onnx")}'
        )
    return (
        f'{src} is {kind.name}, no checkpoint: `mmfsa convert {src}` makes one of '
        'weights that it knows'
    )


def _kind_of(src: Path) -> Kind:
    """The format of a file, by its content, which must be what its name says."""
    kind = kind_by_content(src)
    named = [kind for kind in KINDS if src.suffix.lower() in kind.suffixes]
    if kind is not None and kind not in named:
        raise ValueError(f'{src} is {kind.name}: name it {" or ".join(kind.suffixes)}')
    if kind is None and not named:
        known = ', '.join(suffix for kind in KINDS for suffix in kind.suffixes)
        raise ValueError(f'{src} is no file of weights that mmfsa reads: {known}')
    if kind is None:
        raise ValueError(f'{src} is damaged, or not {named[0].name}')
    return kind
