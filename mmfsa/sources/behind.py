"""Writes the last pictures while the next images are looked at."""

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from typing import Any

BEHIND = 8  # pictures that wait at most


class WriteBehind:
    """A writer whose calls another thread makes, in their order.

    What a call raises is raised by a later one, or at the end; no call is made after it.

    Args:
        writer: A context manager with `write`.
        number: How many calls wait at most.
    """

    def __init__(self, writer: Any, number: int = BEHIND) -> None:
        self._writer = writer
        self._number = number
        self._waiting = deque()
        self._failed = False

    def __enter__(self) -> 'WriteBehind':
        self._writer.__enter__()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix='writer')
        return self

    def write(self, *arguments: Any) -> None:
        """Let the thread write, after what waits already."""
        while self._waiting and (
            self._waiting[0].done() or len(self._waiting) == self._number
        ):
            self._end_first()
        self._waiting.append(self._thread.submit(self._write, *arguments))

    def __exit__(self, *exc_info: object) -> None:
        try:
            while self._waiting:
                self._end_first()
        finally:
            self._thread.shutdown()
            self._writer.__exit__(*exc_info)

    def _write(self, *arguments: Any) -> None:
        if not self._failed:
            self._failed = True
            self._writer.write(*arguments)
            self._failed = False

    def _end_first(self) -> None:
        self._waiting.popleft().result()
