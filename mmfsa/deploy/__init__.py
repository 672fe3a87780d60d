"""Models outside of torch: exported, converted, built, verified, run."""

from .backends import BACKENDS, Backend, build_backend
from .card import ModelCard
from .export import export_onnx
from .lean import for_deployment

__all__ = [
    'BACKENDS',
    'Backend',
    'ModelCard',
    'build_backend',
    'export_onnx',
    'for_deployment',
]
