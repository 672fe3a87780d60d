from .checkpoint import load_checkpoint, load_weights, save_checkpoint
from .hooks import *  # noqa: F403

__all__ = ['load_checkpoint', 'load_weights', 'save_checkpoint']
