"""Models outside of torch: exported, converted, built, verified, run."""

from mmfsa.utils.lazy import attach

from .backends import BACKENDS, Backend, build_backend
from .card import ModelCard

__all__ = [
    'BACKENDS',
    'Backend',
    'ModelCard',
    'build_backend',
    'export_onnx',
    'for_deployment',
]
# They need torch.
__getattr__ = attach(__name__, {'export_onnx': '.export', 'for_deployment': '.lean'})
