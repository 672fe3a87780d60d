"""Tells mmengine of mmfsa, whichever of the two is imported first.

mmengine resolves scopes (`'mmfsa::…'` configs, `get_model`, `BaseInferencer`) by a table
from scope to package. Who needs no mmengine does not import it for that.
"""

import sys
from importlib.abc import MetaPathFinder
from importlib.util import find_spec

LAST = 'mmengine.registry'  # of what mmengine imports when it is imported


def tell_mmengine() -> None:
    """Make the scope known now, or as soon as mmengine is imported."""
    if LAST in sys.modules:
        _connect()
    else:
        sys.meta_path.insert(0, _WhenImported())


def _connect() -> None:
    from mmengine.config.utils import MODULE2PACKAGE

    # mmengine asks the installer for a package's folder, which is wrong for an editable
    # install. It asks Python for a module's folder.
    MODULE2PACKAGE.setdefault('mmfsa', 'mmfsa.version')
    registry = sys.modules.get('mmfsa.registry')
    if registry is not None:
        registry.join_mmengine()


class _WhenImported(MetaPathFinder):
    """Finds nothing itself, but notices when mmengine's registries are imported."""

    def find_spec(self, fullname, path=None, target=None):  # noqa: ARG002
        if fullname != LAST:
            return None
        sys.meta_path.remove(self)
        spec = find_spec(fullname)
        if spec is None or spec.loader is None:
            return spec
        execute = spec.loader.exec_module

        def exec_module(module) -> None:
            execute(module)
            _connect()

        spec.loader.exec_module = exec_module
        return spec
