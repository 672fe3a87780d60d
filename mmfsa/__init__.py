"""Head pose estimation: a zoo of methods, and a plugin for OpenMMLab."""

from importlib import import_module

try:
    from mmengine.config.utils import MODULE2PACKAGE
except Exception:  # mmfsa.registry reports it, and so does `mmfsa doctor`
    MODULE2PACKAGE = {}

from .version import __version__

# mmengine resolves scopes (`'mmfsa::…'` configs, `get_model`, `BaseInferencer`) by this
# table from scope to package. Of a package it asks the installer for the folder, which is
# wrong for an editable install; of a module it asks Python.
MODULE2PACKAGE.setdefault('mmfsa', 'mmfsa.version')

# Not before they are asked for: to import mmfsa loads no model code.
PUBLIC = {
    'HeadPoseInferencer': 'mmfsa.apis',
    'HeadPosePredictor': 'mmfsa.apis',
    'create_model': 'mmfsa.methods',
    'list_models': 'mmfsa.zoo',
}

__all__ = [*PUBLIC, '__version__']


def __getattr__(name: str) -> object:
    if name in PUBLIC:
        return getattr(import_module(PUBLIC[name]), name)
    raise AttributeError(f'module {__name__!r} has no attribute {name!r}')
