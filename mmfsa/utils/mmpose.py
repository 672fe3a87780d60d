"""Importing this module imports mmpose with all its components, even where mmdet, mmcv's
compiled operators or torchvision are missing.

mmpose 1.3.2 imports a few names from them unguarded, for models that most users never
build. Where one is missing a placeholder stands in for the length of the import, see
:mod:`mmfsa.utils.placeholders`.

In a config that mixes in parts of mmpose:
`custom_imports = dict(imports=['mmfsa.utils.mmpose'])`.
"""

from .placeholders import placeholders

# What mmpose imports unguarded, and how to get it.
UNGUARDED = {
    'mmdet.utils': 'pip install mmdet',
    'mmcv.ops': 'install the full mmcv in place of mmcv-lite',
    'torchvision.transforms': "install the torchvision of torch's version",
}

try:
    import mmpose  # noqa: F401
except ImportError as e:
    raise ImportError(
        'mmpose is not installed: pip install --no-deps mmpose==1.3.2 and '
        "pip install 'mmfsa[mmpose]'"
    ) from e

with placeholders(UNGUARDED, importer='mmpose'):
    from mmpose.utils import register_all_modules

    register_all_modules(init_default_scope=False)
