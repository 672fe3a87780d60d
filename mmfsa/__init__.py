"""Head pose estimation for OpenMMLab: FSA-Net as parts that mix freely."""

try:
    from mmengine.config.utils import MODULE2PACKAGE
except ImportError as e:
    raise ImportError(
        'mmfsa needs mmengine and mmcv; where neither is installed: '
        "pip install 'mmfsa[openmmlab]'"
    ) from e

from .version import __version__

# mmengine resolves scopes (`'mmfsa::…'` configs, `get_model`, `BaseInferencer`) by this
# table of the packages that it knows.
MODULE2PACKAGE.setdefault('mmfsa', 'mmfsa')

__all__ = ['__version__']
