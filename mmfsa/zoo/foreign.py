"""The tensors of weight files that other packages wrote."""

import math
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import torch

from mmfsa.engine import load_checkpoint
from mmfsa.models.conversion import Tensors
from mmfsa.utils.doors import check_file, check_unpacked
from mmfsa.utils.files import native_path
from mmfsa.utils.packages import import_package
from mmfsa.utils.reading import damaged, outlive, read_arrays, read_bytes, read_json


def read_tensors(src: Path) -> Tensors:
    """The tensors of a file by their names.

    Args:
        src: Keras weights (.h5), a PyTorch checkpoint (.pth, .pkl), arrays of NumPy
            (.npz), an ONNX model (.onnx), one of OpenVINO (.xml, or the .bin beside it)
            or the weights of one of TensorFlow.js (NAME-shard1, with
            NAME-weights_manifest.json beside it). The content must be what the name says.

    Raises:
        FileNotFoundError: If there is no such file.
        ImportError: If the package that reads such files is not installed.
        ValueError: If the file is damaged, or has another format than its name says; if
            it holds no weights, or NaN, or pickled objects.
    """
    if not src.is_file():
        raise FileNotFoundError(f'there is no file {src}')
    check_file(src)
    kind = _kind_of(src)
    with damaged(src, kind.name.partition(' ')[2]):
        tensors = kind.read(src)
    if not tensors:
        raise ValueError(f'{src} holds no weights')
    for name in tensors:
        if not isinstance(name, str):
            raise ValueError(f'{src} has a tensor whose name is no text, but {name!r}')
    texts = [name for name, value in tensors.items() if value.dtype.kind not in 'biuf']
    if texts:
        raise ValueError(f'{src} holds no numbers in {", ".join(texts[:9])}')
    bad = [name for name, value in tensors.items() if not np.isfinite(value).all()]
    if bad:
        raise ValueError(
            f'{src} holds NaN or infinite values in {len(bad)} of {len(tensors)} '
            f'tensors: {", ".join(bad)}'
        )
    return tensors


def read_keras(src: Path) -> Tensors:
    """The tensors of a Keras file by their short names, such as `conv2d_1/kernel`."""
    import_package('h5py')
    outlive(src, lambda: _read_keras(src))  # HDF5 hangs at some damaged files
    return _read_keras(src)


def _read_keras(src: Path) -> Tensors:
    import h5py

    tensors = {}
    with native_path(src) as path, h5py.File(path) as file:
        if 'layer_names' not in file.attrs:
            raise ValueError(f'{src} holds no Keras weights (no layer_names)')
        for layer in file.attrs['layer_names']:
            group = file[layer]
            for weight in group.attrs['weight_names']:
                text = weight.decode() if isinstance(weight, bytes) else weight
                name = '/'.join(text.removesuffix(':0').split('/')[-2:])
                check_unpacked(src, group[weight].nbytes)
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
    return read_arrays(src)


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
    with native_path(model) as xml, native_path(model.with_suffix('.bin')) as numbers:
        operations = openvino.Core().read_model(xml, numbers).get_ops()
    for op in operations:
        if op.get_type_name() == 'Constant':
            (use, *_) = op.output(0).get_target_inputs()
            if use.get_node().get_type_name() == 'Convert':  # from half precision
                (use, *_) = use.get_node().output(0).get_target_inputs()
            name = f'{use.get_node().get_friendly_name()}/{use.get_index()}'
            tensors[name] = np.array(op.data)
    return tensors


def read_tensorflow_js(src: Path) -> Tensors:
    """The tensors of a shard of TensorFlow.js, by the names in its manifest.

    A shard holds the numbers of all tensors one after the other, as float32, or in 8 or 16
    bits with a scale and a smallest value for each tensor.
    """
    manifest = src.with_name(f'{SHARD.sub("", src.name)}-weights_manifest.json')
    if not manifest.is_file():
        raise FileNotFoundError(f'{src} is half a model: {manifest} must lie beside it')
    try:
        groups = read_json(manifest)
        (group,) = [group for group in groups if src.name in group['paths']]
        if any(Path(name).name != name for name in group['paths']):
            raise ValueError('it names shards in other folders')
        shards = [read_bytes(src.with_name(name)) for name in group['paths']]
        told = [_told(weight) for weight in group['weights']]
    except (KeyError, TypeError, ValueError) as e:
        raise ValueError(f'{manifest} is no manifest of {src}: {e!r}') from e
    content = b''.join(shards)
    size = sum(count * kind.itemsize for _, _, count, kind, _, _ in told)
    if len(content) != size:
        raise ValueError(
            f'{src} does not fit {manifest}: it holds {len(content)} bytes, and the '
            f'manifest lists {size}'
        )
    tensors, start = {}, 0
    for name, shape, count, kind, scale, least in told:
        numbers = np.frombuffer(content, kind, count, start)
        if kind != FLOAT32:
            numbers = (numbers * scale + least).astype(np.float32)
        tensors[name] = numbers.reshape(shape)
        start += count * kind.itemsize
    return tensors


def _told(weight: dict) -> tuple[str, list[int], int, np.dtype, float, float]:
    """What a manifest says about a tensor: name, shape, count, type, scale, least value."""
    if weight['dtype'] != 'float32':
        raise ValueError(f'{weight["name"]} is {weight["dtype"]}, not float32')
    packed = weight.get('quantization') or dict(dtype='float32', scale=1, min=0)
    kind = PACKED[packed['dtype']]
    shape = weight['shape']
    return (
        weight['name'],
        shape,
        math.prod(shape),
        kind,
        float(packed['scale']),
        float(packed['min']),
    )


SHARD = re.compile(r'-shard\d+$')
FLOAT32 = np.dtype('<f4')
PACKED = {'float32': FLOAT32, 'uint8': np.dtype('u1'), 'uint16': np.dtype('<u2')}


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
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        return []


KINDS = (
    # First, since only its name says what it is: a shard may begin with any number.
    Kind(
        'weights of TensorFlow.js',
        ('-shard1',),
        read_tensorflow_js,
        lambda src, _: SHARD.search(src.name) is not None,
    ),
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
        with native_path(src) as path:
            is_image = cv2.haveImageReader(path)
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
    named = [kind for kind in KINDS if src.name.lower().endswith(kind.suffixes)]
    if kind is not None and kind not in named:
        raise ValueError(f'{src} is {kind.name}: name it {" or ".join(kind.suffixes)}')
    if kind is None and not named:
        known = ', '.join({suffix: 0 for kind in KINDS for suffix in kind.suffixes})
        raise ValueError(f'{src} is no file of weights that mmfsa reads: {known}')
    if kind is None:
        raise ValueError(f'{src} is damaged, or not {named[0].name}')
    return kind
