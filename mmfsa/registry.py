"""The registries of scope `mmfsa`, children of mmengine's.

Each one imports its location when something is first looked up in it, so that
`type='mmfsa.TwoStreamBackbone'` works in any OpenMMLab config after `import mmfsa`. They
are made when one of them is first asked for, or when mmengine is there already.
"""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mmengine.registry import Registry

# The name of each child with its location.
LOCATIONS = {
    'MODELS': 'mmfsa.models',
    'DATASETS': 'mmfsa.datasets',
    'TRANSFORMS': 'mmfsa.datasets.transforms',
    'METRICS': 'mmfsa.evaluation',
    'HOOKS': 'mmfsa.engine',
    'OPTIM_WRAPPERS': 'mmfsa.engine',
    'VISUALIZERS': 'mmfsa.visualization.head_pose_visualizer',
    'INFERENCERS': 'mmfsa.registered',
}
# mmfsa adds nothing to these, yet mmengine warns where a scope lacks one that it uses.
NOTHING_OWN = (
    'DATA_SAMPLERS',
    'EVALUATOR',
    'FUNCTIONS',
    'LOG_PROCESSORS',
    'LOOPS',
    'MODEL_WRAPPERS',
    'OPTIMIZERS',
    'OPTIM_WRAPPER_CONSTRUCTORS',
    'PARAM_SCHEDULERS',
    'RUNNERS',
    'VISBACKENDS',
    'WEIGHT_INITIALIZERS',
)
OWN = 'METHODS'


class Detectors:
    """The face detectors by name. Who only finds faces needs no mmengine for it.

    Attributes:
        module_dict: The classes.
    """

    def __init__(self) -> None:
        self.module_dict: dict[str, type] = {}

    def register_module(
        self, name: str | list[str] | None = None
    ) -> Callable[[type], type]:
        """A decorator that gives a detector's class one or more names; its own by
        default."""

        def keep(kind: type) -> type:
            names = [name] if isinstance(name, str) else name or [kind.__name__]
            self.module_dict.update(dict.fromkeys(names, kind))
            return kind

        return keep

    def build(self, cfg: dict) -> Any:
        """The detector of a config, whose `type` is a name that is there."""
        settings = {key: value for key, value in cfg.items() if key != 'type'}
        return self.module_dict[cfg['type']](**settings)


DETECTORS = Detectors()


def join_mmengine() -> None:
    """Make the registries, which belong to mmengine's tree from then on.

    Raises:
        ImportError: mmengine is not installed.
    """
    if OWN in globals():
        return
    try:
        from mmengine import registry as root
        from mmengine.registry import Registry
    except ImportError as e:
        raise ImportError(
            'this needs mmengine and mmcv; where neither is installed: '
            "pip install 'mmfsa[openmmlab]'"
        ) from e
    if OWN in globals():  # made as soon as mmengine was there (mmfsa.utils.scope)
        return
    children = {
        **LOCATIONS,
        **dict.fromkeys(NOTHING_OWN, 'mmfsa.engine'),
    }
    made = {}
    for name, location in children.items():
        parent = getattr(root, name)
        made[name] = Registry(
            parent.name, parent=parent, scope='mmfsa', locations=[location]
        )
    made[OWN] = Registry(
        'head pose method', scope='mmfsa', locations=['mmfsa.registered']
    )
    globals().update(made)


def __getattr__(name: str) -> 'Registry':
    if name != OWN and name not in LOCATIONS and name not in NOTHING_OWN:
        raise AttributeError(f'module {__name__!r} has no attribute {name!r}')
    join_mmengine()
    return globals()[name]


if 'mmengine.registry' in sys.modules:
    join_mmengine()


def is_type(cfg: Any, registry: 'Registry', kind: type) -> bool:
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
