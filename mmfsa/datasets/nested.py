"""Data sets that hold others: concatenations and wrappers."""

from collections.abc import Iterator

from torch.utils.data import Dataset


def inner_datasets(dataset: Dataset, method: str) -> Iterator[Dataset]:
    """The outermost data sets in a data set, or itself, that have a method."""
    if hasattr(dataset, method):
        yield dataset
        return
    wrapped = getattr(dataset, 'dataset', None)
    inner = getattr(dataset, 'datasets', None) or [] if wrapped is None else [wrapped]
    for part in inner:
        yield from inner_datasets(part, method)
