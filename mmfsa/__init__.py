"""Head pose estimation for OpenMMLab: FSA-Net as parts that mix freely."""

try:
    from mmengine.config.utils import MODULE2PACKAGE
except Exception:  # mmfsa.registry reports it, and so does `mmfsa doctor`
    MODULE2PACKAGE = {}

from .version import __version__

# mmengine resolves scopes (`'mmfsa::…'` configs, `get_model`, `BaseInferencer`) by this
# table from scope to package. Of a package it asks the installer for the folder, which is
# wrong for an editable install; of a module it asks Python.
MODULE2PACKAGE.setdefault('mmfsa', 'mmfsa.version')

__all__ = ['HeadPoseInferencer', '__version__']


def __getattr__(name: str) -> object:
    # Not before it is asked for: to import mmfsa registers a scope and loads no model code.
    if name == 'HeadPoseInferencer':
        from .apis import HeadPoseInferencer

        return HeadPoseInferencer
    raise AttributeError(f'module {__name__!r} has no attribute {name!r}')
