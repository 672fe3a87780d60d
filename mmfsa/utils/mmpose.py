"""Importing this module imports mmpose with all its components, even where mmdet, mmcv's
compiled operators or torchvision are missing.

mmpose 1.3.2 imports a few names from them unguarded, for models that most users never
build. Where one is missing a placeholder stands in for the length of the import; what
mmpose took from it raises an ImportError when it is used.

In a config that mixes in parts of mmpose:
`custom_imports = dict(imports=['mmfsa.utils.mmpose'])`.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType

# What mmpose imports unguarded, and how to get it.
UNGUARDED = {
    'mmdet.utils': 'pip install mmdet',
    'mmcv.ops': 'install the full mmcv in place of mmcv-lite',
    'torchvision.transforms': "install the torchvision of torch's version",
}


@contextmanager
def placeholders() -> Iterator[None]:
    """Let placeholders stand in for the modules of `UNGUARDED` that don't import."""
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
