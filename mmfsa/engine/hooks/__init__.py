from .dataset_epoch_hook import DatasetEpochHook
from .plain_checkpoint_hook import PlainCheckpointHook

__all__ = ['DatasetEpochHook', 'PlainCheckpointHook']
