"""Whatever runs a model, behind one call."""

from pathlib import Path
from typing import TYPE_CHECKING, Union

from .base import Backend

if TYPE_CHECKING:
    import torch.nn as nn

FROM_ONNX = 'onnxruntime', 'openvino', 'opencv'  # what runs an ONNX file
BACKENDS = (
    'torch',
    'torch-compile',
    *FROM_ONNX,
    'tensorrt',
    'tensorrt-rtx',
)

Model = Union['nn.Module', str, Path]  # torch is not imported for it

__all__ = ['BACKENDS', 'FROM_ONNX', 'Backend', 'backends_of', 'build_backend']


def build_backend(name: str, model: Model, **options) -> Backend:
    """Build a backend.

    Args:
        name: One of `BACKENDS`.
        model: For `torch` and `torch-compile` an estimator with its weights, for
            `onnxruntime`, `openvino` and `opencv` an ONNX file, for the others an engine.
        **options: Options of the backend's class, such as `device` or `threads`.

    Raises:
        ImportError: If the backend's package is not installed.
        FileNotFoundError: If there is no such file.
        NotImplementedError: If the backend does not run such a model.
        ValueError: If there is no such backend, or it can't run this model here.

    >>> build_backend('onnxrt', 'model.onnx')
    Traceback (most recent call last):
        ...
    ValueError: there is no backend 'onnxrt': torch, torch-compile, onnxruntime, ...
    """
    if name not in BACKENDS:
        raise ValueError(f'there is no backend {name!r}: {", ".join(BACKENDS)}')
    if name.startswith('torch'):
        from .torch_backend import TorchBackend

        return TorchBackend(model, compiled=name == 'torch-compile', **options)
    if name == 'onnxruntime':
        from .onnxruntime_backend import OnnxRuntimeBackend

        return OnnxRuntimeBackend(model, **options)
    if name == 'openvino':
        from .openvino_backend import OpenVINOBackend

        return OpenVINOBackend(model, **options)
    if name == 'opencv':
        from .opencv_backend import OpenCVBackend

        return OpenCVBackend(model, **options)
    from .tensorrt_backend import TensorRTBackend

    return TensorRTBackend(model, package=name.replace('-', '_'), **options)


def backends_of(path: str | Path) -> list[str]:
    """The backends that run a file.

    Raises:
        FileNotFoundError: If it is neither an ONNX file nor an engine with its sidecar.
        ValueError: If mmfsa did not write that sidecar.
    """
    path = Path(path)
    if path.suffix == '.onnx':
        return [*FROM_ONNX]
    from ..engine import read_sidecar

    return [read_sidecar(path)['package'].replace('_', '-')]
