"""Processes that share the work of an inferencer, and answer in order."""

import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures.process import BrokenProcessPool
from typing import Any

from mmfsa.utils.threads import OfOneProcess, worker_pool

AHEAD = 3  # tasks a process that are under way: more would fill the memory with frames


class Workers:
    """Processes that each build an object again, and give tasks to it.

    The processes run on one CPU thread each, unless the object's own arguments say another
    number.

    Args:
        number: How many processes.
        shared: The object. The processes build it of the arguments that it was built of
            here.
    """

    def __init__(self, number: int, shared: OfOneProcess) -> None:
        self.number = number
        kind, args, kwargs = type(shared), *shared._arguments
        self._pool = worker_pool(number, _start, kind, args, kwargs)

    def __enter__(self) -> 'Workers':
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._pool.shutdown(cancel_futures=True)

    def map(
        self, task: Callable[[Any, Any], Any], items: Iterable
    ) -> Iterator[tuple[Any, Any]]:
        """Do a task with each item.

        Args:
            task: A function of a module, which takes the object and an item.
            items: The items. Few are taken before they are needed.

        Yields:
            Each item and its answer, in the items' order.

        Raises:
            ChildProcessError: A process was killed.
            Exception: Whatever a process raises at building the object, or at the task.
        """
        under_way = deque()
        try:
            for item in items:
                under_way.append((item, self._pool.submit(_do, task, item)))
                if len(under_way) == AHEAD * self.number:
                    item, answer = under_way.popleft()
                    yield item, answer.result()
            while under_way:
                item, answer = under_way.popleft()
                yield item, answer.result()
        except BrokenProcessPool as e:
            raise ChildProcessError(
                'a worker was killed, perhaps for memory: try fewer workers. The results '
                'before it are written'
            ) from e


def _start(kind: type, args: tuple, kwargs: dict) -> None:
    global _shared
    try:
        _shared = kind(*args, **kwargs)
    except Exception as error:  # an error here would be taken for a killed process
        _shared = error
    if 'torch' in sys.modules:
        sys.modules['torch'].set_num_threads(1)


def _do(task: Callable[[Any, Any], Any], item: Any) -> Any:
    if isinstance(_shared, Exception):
        raise _shared
    return task(_shared, item)
