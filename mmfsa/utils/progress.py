"""A progress bar, which leaves standard output to the results."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

from rich import progress
from rich.console import Console

Item = TypeVar('Item')


def track(
    items: Iterable[Item], description: str, total: float | None = None
) -> Iterator[Item]:
    """The same items, with a bar on standard error that says how many are done.

    Args:
        items: What is worked on.
        description: What is done with them.
        total: Their number, where they do not know it.
    """
    console = Console(stderr=True)
    yield from progress.track(items, description, total, console=console)
