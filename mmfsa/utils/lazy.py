"""Names of a package that are imported when they are asked for.

So who needs one module of a package does not wait for the others, and needs none of the
packages that only the others need.
"""

from collections.abc import Callable, Mapping
from importlib import import_module


def attach(package: str, where: Mapping[str, str]) -> Callable[[str], object]:
    """A package's `__getattr__`.

    Args:
        package: The package's `__name__`.
        where: The module that has each name; `.module` is one of the package.

    >>> load = attach('collections', {'Mapping': '.abc'})
    >>> load('Mapping').__name__
    'Mapping'
    """

    def load(name: str) -> object:
        if name not in where:
            raise AttributeError(f'module {package!r} has no attribute {name!r}')
        return getattr(import_module(where[name], package), name)

    return load
