"""The registries of scope `mmfsa`, children of mmengine's.

Each one imports its location when something is first looked up in it, so that
`type='mmfsa.TwoStreamBackbone'` works in any OpenMMLab config after `import mmfsa`.
"""

from mmengine import registry as root
from mmengine.registry import Registry

import mmfsa  # noqa: F401  (makes the scope known to mmengine)


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
