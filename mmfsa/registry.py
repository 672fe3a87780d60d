"""The registries of scope `mmfsa`, children of mmengine's.

Each one imports its `locations` when something is first looked up in it, so that
`type='mmfsa.TwoStreamBackbone'` works in any OpenMMLab config after `import mmfsa`.
"""

from mmengine import registry as root
from mmengine.registry import Registry

import mmfsa  # noqa: F401  (makes the scope known to mmengine)


def _child(name: str, parent: Registry, *locations: str) -> Registry:
    return Registry(name, parent=parent, scope='mmfsa', locations=list(locations))


MODELS = _child('model', root.MODELS, 'mmfsa.models')
DATASETS = _child('dataset', root.DATASETS, 'mmfsa.datasets')
TRANSFORMS = _child('transform', root.TRANSFORMS, 'mmfsa.datasets.transforms')
METRICS = _child('metric', root.METRICS, 'mmfsa.evaluation')
HOOKS = _child('hook', root.HOOKS, 'mmfsa.engine')
