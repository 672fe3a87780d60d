"""Tells the training set the epoch."""

from mmengine.hooks import Hook
from mmengine.runner import Runner

from mmfsa.datasets.nested import inner_datasets
from mmfsa.registry import HOOKS


@HOOKS.register_module()
class DatasetEpochHook(Hook):
    """Tell the training dataset the epoch, so that its augmentation follows from
    (seed, epoch, index): the same for any number of workers, and after a resume."""

    def before_train_epoch(self, runner: Runner) -> None:
        for dataset in inner_datasets(runner.train_dataloader.dataset, 'set_epoch'):
            dataset.set_epoch(runner.epoch, runner.seed)
