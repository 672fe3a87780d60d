"""The registries of scope `mmfsa`, children of mmengine's.

Each one imports its location when something is first looked up in it, so that
`type='mmfsa.TwoStreamBackbone'` works in any OpenMMLab config after `import mmfsa`.
"""

from typing import Any

import mmfsa  # noqa: F401  (makes the scope known to mmengine)

try:
    from mmengine import registry as root
    from mmengine.registry import Registry
except ImportError as e:
    raise ImportError(
        'mmfsa needs mmengine and mmcv; where neither is installed: '
        "pip install 'mmfsa[openmmlab]'"
    ) from e


def _child(parent: Registry, location: str) -> Registry:
    return Registry(parent.name, parent=parent, scope='mmfsa', locations=[location])


MODELS = _child(root.MODELS, 'mmfsa.models')
DATASETS = _child(root.DATASETS, 'mmfsa.datasets')
TRANSFORMS = _child(root.TRANSFORMS, 'mmfsa.datasets.transforms')
METRICS = _child(root.METRICS, 'mmfsa.evaluation')
HOOKS = _child(root.HOOKS, 'mmfsa.engine')
VISUALIZERS = _child(root.VISUALIZERS, 'mmfsa.visualization')
INFERENCERS = _child(root.INFERENCERS, 'mmfsa.apis')
METHODS = Registry('head pose method', scope='mmfsa', locations=['mmfsa.methods'])
DETECTORS = Registry('face detector', scope='mmfsa', locations=['mmfsa.detection'])

# mmfsa adds nothing to these, yet mmengine warns where a scope lacks one that it uses.
DATA_SAMPLERS = _child(root.DATA_SAMPLERS, 'mmfsa.engine')
EVALUATOR = _child(root.EVALUATOR, 'mmfsa.engine')
FUNCTIONS = _child(root.FUNCTIONS, 'mmfsa.engine')
LOG_PROCESSORS = _child(root.LOG_PROCESSORS, 'mmfsa.engine')
LOOPS = _child(root.LOOPS, 'mmfsa.engine')
MODEL_WRAPPERS = _child(root.MODEL_WRAPPERS, 'mmfsa.engine')
OPTIMIZERS = _child(root.OPTIMIZERS, 'mmfsa.engine')
OPTIM_WRAPPERS = _child(root.OPTIM_WRAPPERS, 'mmfsa.engine')
OPTIM_WRAPPER_CONSTRUCTORS = _child(root.OPTIM_WRAPPER_CONSTRUCTORS, 'mmfsa.engine')
PARAM_SCHEDULERS = _child(root.PARAM_SCHEDULERS, 'mmfsa.engine')
RUNNERS = _child(root.RUNNERS, 'mmfsa.engine')
VISBACKENDS = _child(root.VISBACKENDS, 'mmfsa.engine')
WEIGHT_INITIALIZERS = _child(root.WEIGHT_INITIALIZERS, 'mmfsa.engine')


def is_type(cfg: Any, registry: Registry, kind: type) -> bool:
    """Whether a config builds an object of a class, or of a class derived from it.

    Args:
        cfg: Whatever stands in a config: a dict whose `type` may be a name
            (`HeadPoseMetric`), a name with its scope (`mmfsa.HeadPoseMetric`), the whole
            path of a class, or the class itself. All else builds nothing.
        registry: The registry that would build it.
        kind: The class.

    >>> from mmengine.hooks import Hook
    >>> is_type(dict(type='mmengine.EMAHook'), HOOKS, Hook)
    True
    >>> is_type(dict(type='unknown.Hook'), HOOKS, Hook)
    False
    """
    built = cfg.get('type') if isinstance(cfg, dict) else None
    if isinstance(built, str):
        try:
            built = registry.get(built)
        except RuntimeError:  # the registry knows no such name
            return False
    return isinstance(built, type) and issubclass(built, kind)
