from collections.abc import Iterator

from mmengine.hooks import Hook
from mmengine.runner import Runner
from torch.utils.data import Dataset

from mmfsa.registry import HOOKS


@HOOKS.register_module()
class DatasetEpochHook(Hook):
    """Tell the training dataset the epoch, so that its augmentation follows from
    (seed, epoch, index): the same for any number of workers, and after a resume."""

    def before_train_epoch(self, runner: Runner) -> None:
        for dataset in _inner_datasets(runner.train_dataloader.dataset):
            if hasattr(dataset, 'set_epoch'):
                dataset.set_epoch(runner.epoch, runner.seed)


def _inner_datasets(dataset: Dataset) -> Iterator[Dataset]:
    if not hasattr(dataset, 'datasets') and not hasattr(dataset, 'dataset'):
        yield dataset
        return
    for inner in getattr(dataset, 'datasets', None) or [dataset.dataset]:
        yield from _inner_datasets(inner)
