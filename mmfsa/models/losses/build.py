"""From a loss in a config to the loss of a head."""

from typing import TYPE_CHECKING

import torch.nn as nn

from mmfsa.registry import MODELS

if TYPE_CHECKING:
    from ..heads.base_head import BaseHead


def build_loss(loss: dict | None, head: 'BaseHead') -> nn.Module:
    """Build the loss of a head.

    Args:
        loss: Config of the loss. None: the head's own, `head.default_loss`. A config of
            the same type as the head's own needs to name only what differs.
        head: The head.
    """
    own = head.default_loss
    if loss is None:
        return MODELS.build(own)
    same = _loss_class(loss['type']) is _loss_class(own['type'])
    return MODELS.build({**own, **loss} if same else loss)


def _loss_class(kind: str | type) -> type | None:
    return MODELS.get(kind) if isinstance(kind, str) else kind
