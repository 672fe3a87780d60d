"""Placeholders for modules that a package imports unguarded and this environment lacks.

mmpose and timm import a few names from large packages, for parts that most users never
build. A placeholder stands in for the length of the import. What was taken from it raises
an ImportError when it is used.
"""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType


@contextmanager
def placeholders(remedies: Mapping[str, str], importer: str) -> Iterator[None]:
    """Let placeholders stand in for modules that don't import.

    Args:
        remedies: The names of the modules, each with what installs it.
        importer: The package that is about to import them, for the messages.
    """
    before = set(sys.modules)
    added = {}
    for name, remedy in remedies.items():
        try:
            import_module(name)
        except Exception:  # a torchvision that doesn't fit torch raises RuntimeError
            top = name.split('.')[0]
            for broken in set(sys.modules) - before:
                if broken.split('.')[0] == top:
                    del sys.modules[broken]
            parts = name.split('.')
            for depth in range(1, len(parts) + 1):
                module = '.'.join(parts[:depth])
                if module not in sys.modules:
                    added.setdefault(module, Placeholder(module, remedy, importer))
    sys.modules.update(added)
    try:
        yield
    finally:
        for name in added:
            del sys.modules[name]


class Placeholder(ModuleType):
    """A module whose every public name is a class that can't be built.

    Args:
        name: The module's name.
        remedy: What installs it.
        importer: The package that imports it.
    """

    def __init__(self, name: str, remedy: str, importer: str) -> None:
        super().__init__(name)
        self.__path__ = []  # it may have submodules
        self._remedy = remedy
        self._importer = importer

    def __getattr__(self, attribute: str) -> type:
        if attribute.startswith('_'):
            raise AttributeError(attribute)
        submodule = sys.modules.get(f'{self.__name__}.{attribute}')
        if submodule is not None:
            return submodule
        message = (
            f'{self.__name__}.{attribute} was not there when {self._importer} was '
            f'imported: {self._remedy}'
        )

        def refuse(*_, **__):
            raise ImportError(message)

        return _PlaceholderClass(attribute, (), {'__new__': refuse})


class _PlaceholderClass(type):
    """A class whose every public attribute is a name of its own, as an enum's members."""

    def __getattr__(cls, attribute: str) -> str:
        if attribute.startswith('_'):
            raise AttributeError(attribute)
        return f'{cls.__name__}.{attribute}'
