"""Imports mmpose with all its components, even where packages that it needs are missing.

mmpose 1.3.2 imports a few names from them unguarded, for models that most users never
build. Where one is missing a placeholder stands in for the length of the import, see
:mod:`mmfsa.utils.placeholders`.

A config that uses parts of mmpose has this line:
`custom_imports = dict(imports=['mmfsa.utils.mmpose'])`.
"""

from .placeholders import placeholders

# The modules that mmpose always imports, and how to install them.
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
