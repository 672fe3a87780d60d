"""Imports optional packages, and says how to install a missing one."""

from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

DEPLOY = "pip install 'mmfsa[deploy]'"
SERVE = "pip install 'mmfsa[serve]'"
BULK = "pip install 'mmfsa[bulk]'"
INSTALL = {
    'flatbuffers': DEPLOY,
    'onnx': DEPLOY,
    'onnxscript': DEPLOY,
    'onnxruntime': 'pip install onnxruntime',
    'torch': "pip install 'mmfsa[all]'",
    'mmengine': "pip install 'mmfsa[all]'",
    'fastapi': SERVE,
    'prometheus_client': SERVE,
    'uvicorn': SERVE,
    'websockets': SERVE,
    'pyarrow': BULK,
    'ray': BULK,
    'matplotlib': 'pip install matplotlib',
    'dlib': "pip install 'mmfsa[dlib]'",
    'safetensors': "pip install 'mmfsa[safetensors]'",
    'timm': "pip install 'mmfsa[timm]'",
    'h5py': "pip install 'mmfsa[convert]'",
    'openvino': "pip install 'mmfsa[openvino]'",
    'scipy': "pip install 'mmfsa[train]'",
    'shtab': "pip install 'mmfsa[completion]'",
    'tensorrt': 'pip install tensorrt (docs/en/deployment.md)',
    'tensorrt_rtx': "pip install 'mmfsa[tensorrt-rtx]' (docs/en/deployment.md)",
}


def import_package(name: str) -> ModuleType:
    """Import an optional package.

    Args:
        name: The package, or a module in it. The package must be a key of `INSTALL`.

    Raises:
        ImportError: If it can't be imported. The message says how to install it.
    """
    try:
        return import_module(name)
    except ImportError as e:
        raise ImportError(
            f'{name} does not import ({e}): {INSTALL[name.partition(".")[0]]}'
        ) from e


def has_package(name: str) -> bool:
    """Whether a package is installed, without importing it."""
    return find_spec(name) is not None
