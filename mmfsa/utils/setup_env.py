"""Registers the package's components with mmengine."""

from importlib import import_module


def register_all_modules(
    init_default_scope: bool = True, with_mmpose: bool = False
) -> None:
    """Register all components of mmfsa. mmengine's `get_model` calls this function.

    Args:
        init_default_scope: Make `mmfsa` the default scope: names without a scope are
            looked up in `mmfsa`.
        with_mmpose: Import mmpose's components, too. This takes about 5 s, see
            :mod:`mmfsa.utils.mmpose`.
    """
    from mmengine.registry import init_default_scope as set_default_scope

    for module in ('datasets', 'engine', 'evaluation', 'models'):
        import_module(f'mmfsa.{module}')
    if with_mmpose:
        import_module('mmfsa.utils.mmpose')
    if init_default_scope:
        set_default_scope('mmfsa')
