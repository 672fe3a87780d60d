"""Processes that share the work of an inferencer, and answer in order."""

import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from functools import cached_property
from typing import Any

from mmfsa.utils.threads import OfOneProcess, opencv_threads, worker_pool

AHEAD = 3  # tasks a process that are under way: more would fill the memory with frames


class Workers:
    """This process and others, which build an object again, give tasks to it.

    The processes run on one CPU thread each, unless the object's own arguments say another
    number. This one works alone until another one has started.

    Args:
        number: How many processes, with this one.
        shared: The object. The others build it of the arguments that it was built of here.
    """

    def __init__(self, number: int, shared: OfOneProcess) -> None:
        self._shared = shared
        self._most = AHEAD * number
        self._others = number - 1
        kind, args, kwargs = type(shared), *shared._arguments
        self._pool = worker_pool(self._others, _start, kind, args, kwargs)

    @cached_property
    def _starting(self) -> list[Future]:
        """The other processes, which start with the first task: a video that is followed
        has none for them."""
        return [self._pool.submit(_begun) for _ in range(self._others)]

    def __enter__(self) -> 'Workers':
        self._alone = opencv_threads(1)
        self._alone.__enter__()
        self._torchs = _torchs_threads(1)
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._pool.shutdown(cancel_futures=True)
        self._alone.__exit__(*exc_info)
        _torchs_threads(self._torchs)

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
                busy = sum(not answer.done() for _, answer in under_way)
                under_way.append((item, self._answer(task, item, busy)))
                while under_way and (
                    under_way[0][1].done() or len(under_way) == self._most
                ):
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

    def _answer(self, task: Callable, item: Any, busy: int) -> Future:
        """Give a task to another process that is not busy, or do it here."""
        started = [one.result() for one in self._starting if one.done()]
        if busy < AHEAD * len(started):
            return self._pool.submit(_do, task, item)
        answer = Future()
        try:
            answer.set_result(task(self._shared, item))
        except Exception as error:  # its turn comes after those of the items before
            answer.set_exception(error)
        return answer


def _torchs_threads(number: int | None = None) -> int | None:
    """Set how many threads torch has, where it is imported; how many it had."""
    torch = sys.modules.get('torch')
    if torch is None:
        return None
    had = torch.get_num_threads()
    if number is not None:
        torch.set_num_threads(number)
    return had


def _start(kind: type, args: tuple, kwargs: dict) -> None:
    global _shared
    try:
        _shared = kind(*args, **kwargs)
    except Exception as error:  # an error here would be taken for a killed process
        _shared = error
    _torchs_threads(1)


def _begun() -> None:
    """Ask whether the object was built."""
    if isinstance(_shared, Exception):
        raise _shared


def _do(task: Callable[[Any, Any], Any], item: Any) -> Any:
    _begun()
    return task(_shared, item)
