"""What configs name and who only predicts imports, too: no module of it needs mmengine.

The registries import this module, and with it the methods that register themselves.
"""

from mmfsa.apis.inferencer import HeadPoseInferencer
from mmfsa.methods import (  # noqa: F401  (they register themselves)
    depth_registration,
    fanelli_forest,
    finders,
    landmark,
)
from mmfsa.methods.ensemble import EnsembleMethod
from mmfsa.registry import INFERENCERS, METHODS

INFERENCERS.register_module(module=HeadPoseInferencer)
METHODS.register_module(module=EnsembleMethod)
