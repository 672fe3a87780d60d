"""Imports optional packages, and says how to install a missing one."""

from importlib import import_module
from types import ModuleType

DEPLOY = "pip install 'mmfsa[deploy]'"
SERVE = "pip install 'mmfsa[serve]'"
INSTALL = {
    'flatbuffers': DEPLOY,
    'onnx': DEPLOY,
    'onnxscript': DEPLOY,
    'onnxruntime': DEPLOY,
    'fastapi': SERVE,
    'prometheus_client': SERVE,
    'uvicorn': SERVE,
    'websockets': SERVE,
    'dlib': "pip install 'mmfsa[dlib]'",
    'timm': "pip install 'mmfsa[timm]'",
    'h5py': "pip install 'mmfsa[convert]'",
    'openvino': "pip install 'mmfsa[openvino]'",
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
