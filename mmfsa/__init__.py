"""Head pose estimation: a zoo of methods, and a plugin for OpenMMLab."""

import os

from .utils.lazy import attach
from .utils.scope import tell_mmengine
from .version import __version__

# Before anybody imports it: ONNX Runtime would note a number of this device, and what it
# runs, and send that to its makers.
os.environ.setdefault('ORT_DISABLE_TELEMETRY', '1')

tell_mmengine()

# Not before they are asked for: to import mmfsa loads no model code.
PUBLIC = {
    'HeadPoseInferencer': 'mmfsa.apis',
    'HeadPosePredictor': 'mmfsa.apis',
    'create_model': 'mmfsa.methods',
    'list_models': 'mmfsa.zoo',
}

__all__ = [*PUBLIC, '__version__']
__getattr__ = attach(__name__, PUBLIC)
