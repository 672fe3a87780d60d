"""Several losses together, each with its weight and its time."""

from collections.abc import Mapping

import torch.nn as nn
from mmengine.logging import MessageHub
from torch import Tensor

from mmfsa.registry import MODELS

from .base_loss import BaseLoss
from .labels import Labels


@MODELS.register_module()
class SumLoss(BaseLoss):
    """What is minimised is the sum of the parts.

    Args:
        parts: Configs of losses by their names. Beside its own settings a part may have
            `weight`, a factor (1 by default), and `ramp`, a pair of shares of the
            training: the weight rises from 0 to its value between the two.
    """

    needs = ()  # each part says what it needs

    def __init__(self, parts: Mapping[str, dict]) -> None:
        super().__init__()
        self.weights = {}
        self.ramps = {}
        built = {}
        for name, part in parts.items():
            part = dict(part)
            self.weights[name] = part.pop('weight', 1.0)
            self.ramps[name] = part.pop('ramp', (0.0, 0.0))
            built[name] = MODELS.build(part)
        self.parts = nn.ModuleDict(built)

    def compare(
        self, outputs: Mapping[str, Tensor], labels: Labels
    ) -> dict[str, Tensor]:
        """What the parts say: `loss_NAME` is what a part calls `loss`, times its weight."""
        done = progress()
        losses = {}
        for name, part in self.parts.items():
            weight = self.weights[name] * risen(done, *self.ramps[name])
            for key, value in part(outputs, labels).items():
                ending = key.removeprefix('loss')
                losses[f'loss_{name}{ending}'] = weight * value
        return losses


def progress() -> float:
    """The share of the training that is done; 1 where nothing trains."""
    hub = MessageHub.get_current_instance()
    total = hub.get_info('max_iters', 0)
    return hub.get_info('iter', 0) / total if total else 1.0


def risen(done: float, start: float, end: float) -> float:
    """How far a ramp from `start` to `end` has risen, 0 to 1.

    >>> risen(0.15, 0.1, 0.2)
    0.5
    """
    if done >= end:
        return 1.0
    return round(max(0.0, (done - start) / (end - start)), 6)
