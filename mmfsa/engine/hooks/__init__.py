from .dataset_epoch_hook import DatasetEpochHook
from .plain_checkpoint_hook import PlainCheckpointHook
from .progress_bar_hook import ProgressBarHook

__all__ = ['DatasetEpochHook', 'PlainCheckpointHook', 'ProgressBarHook']
