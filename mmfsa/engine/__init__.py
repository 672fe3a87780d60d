"""What trains and tests: checkpoints, hooks, and the config of a run."""

from .bfloat16_optim_wrapper import BFloat16OptimWrapper
from .checkpoint import fuse_checkpoints, load_checkpoint, load_weights, save_checkpoint
from .collate import stack_faces
from .hooks import *  # noqa: F403

__all__ = [
    'BFloat16OptimWrapper',
    'fuse_checkpoints',
    'load_checkpoint',
    'load_weights',
    'save_checkpoint',
    'stack_faces',
]
