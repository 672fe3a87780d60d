"""Head pose estimation: a zoo of methods, and a plugin for OpenMMLab."""

from .utils.lazy import attach
from .utils.scope import tell_mmengine
from .version import __version__

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
