"""Imports mmpose with all its components, even where packages that it needs are missing.

mmpose 1.3.2 always imports a few names from mmdet, from mmcv's compiled operators and from
torchvision. Few of its models need them. Where a package is missing, a placeholder takes
its place during the import. A name that mmpose imported from the placeholder raises an
ImportError when it is used.

A config that uses parts of mmpose has this line:
`custom_imports = dict(imports=['mmfsa.utils.mmpose'])`.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType

# The modules that mmpose always imports, and how to install them.
UNGUARDED = {
    'mmdet.utils': 'pip install mmdet',
    'mmcv.ops': 'install the full mmcv in place of mmcv-lite',
    'torchvision.transforms': "install the torchvision of torch's version",
}


@contextmanager
def placeholders() -> Iterator[None]:
    """Put placeholders in the place of modules of `UNGUARDED` that can't be imported."""
    before = set(sys.modules)
    added = {}
    for name, remedy in UNGUARDED.items():
        try:
            import_module(name)
        except Exception:  # a torchvision that doesn't fit torch raises RuntimeError
            for broken in set(sys.modules) - before:
                if broken.split('.')[0] == name.split('.')[0]:
                    del sys.modules[broken]
            parent = name.split('.')[0]
            if parent not in sys.modules:
                added[parent] = _Placeholder(parent, remedy)
            added[name] = _Placeholder(name, remedy)
    sys.modules.update(added)
    try:
        yield
    finally:
        for name in added:
            del sys.modules[name]


class _Placeholder(ModuleType):
    """A module whose every public name is a class that can't be built."""

    def __init__(self, name: str, remedy: str) -> None:
        super().__init__(name)
        self._remedy = remedy

    def __getattr__(self, attribute: str) -> type:
        if attribute.startswith('_'):
            raise AttributeError(attribute)
        message = (
            f'{self.__name__}.{attribute} was not there when mmpose was imported: '
            f'{self._remedy}'
        )

        def refuse(*_, **__):
            raise ImportError(message)

        return type(attribute, (), {'__new__': refuse})


try:
    import mmpose  # noqa: F401
except ImportError as e:
    raise ImportError(
        'mmpose is not installed: pip install --no-deps mmpose==1.3.2 and '
        "pip install 'mmfsa[mmpose]'"
    ) from e

with placeholders():
    from mmpose.utils import register_all_modules

    register_all_modules(init_default_scope=False)
