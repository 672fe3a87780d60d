"""Hooks of mmengine's runner."""

from .dataset_epoch_hook import DatasetEpochHook
from .finite_loss_hook import FiniteLossHook
from .input_spec_hook import InputSpecHook
from .plain_checkpoint_hook import PlainCheckpointHook
from .progress_bar_hook import ProgressBarHook
from .train_only_hook import TrainOnlyHook

__all__ = [
    'DatasetEpochHook',
    'FiniteLossHook',
    'InputSpecHook',
    'PlainCheckpointHook',
    'ProgressBarHook',
    'TrainOnlyHook',
]
