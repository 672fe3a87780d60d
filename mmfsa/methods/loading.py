"""The one loader: from a config and a checkpoint to a model with its weights."""

from pathlib import Path

import torch.nn as nn
from mmengine import Config

from mmfsa.engine import load_weights
from mmfsa.registry import MODELS


def load_model(
    cfg: Config, weights: str | Path, trust_pickle: bool = False
) -> tuple[nn.Module, dict]:
    """Build a model and load its weights.

    Args:
        cfg: The experiment's config.
        weights: The checkpoint.
        trust_pickle: Load a checkpoint that needs pickle, which can run any code in it.

    Returns:
        The model in evaluation mode on the CPU, and the checkpoint's `meta`.

    Raises:
        FileNotFoundError: If there is no such checkpoint.
        ValueError: If the weights are not this model's, or need pickle, see
            :func:`mmfsa.engine.load_weights`.
    """
    model = MODELS.build(cfg.model)
    meta = load_weights(model, weights, trust_pickle)
    return model.eval(), meta
