"""Reads the next images while the last ones are looked at."""

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar('Item')
END = object()


def read_ahead(items: Iterable[Item], number: int = 1) -> Iterator[Item]:
    """The same items, of which another thread takes some before they are asked for.

    Args:
        items: What is read: files or a video, whose decoding leaves Python to other
            threads.
        number: How many items wait at most.

    Yields:
        The items in their order. What taking one of them raises is raised in its place.
    """
    iterator = iter(items)
    with ThreadPoolExecutor(1, thread_name_prefix='reader') as reader:
        waiting = deque(reader.submit(next, iterator, END) for _ in range(number))
        try:
            while (item := waiting.popleft().result()) is not END:
                waiting.append(reader.submit(next, iterator, END))
                yield item
        finally:
            for one in waiting:
                one.cancel()
            if hasattr(iterator, 'close'):
                reader.submit(iterator.close)  # by the thread that may still read
