"""Micro-batches: what several requests ask for runs together, in one thread."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

Item = TypeVar('Item')
Answer = TypeVar('Answer')


class Batcher(Generic[Item, Answer]):
    """Runs a function on batches of items.

    A batch is what has come in while the batch before it ran. So nothing waits for a
    batch to fill, and batches grow with the load.

    Args:
        run: Turns a list of items into the list of their answers; an answer may be an
            exception, which is raised where the item came from. It runs in one thread.
        most: Most items of a batch.
    """

    def __init__(
        self, run: Callable[[list[Item]], list[Answer | Exception]], most: int
    ) -> None:
        self._run = run
        self._most = most
        self._queue: asyncio.Queue = asyncio.Queue()

    async def __aenter__(self) -> 'Batcher':
        self._thread = ThreadPoolExecutor(1, thread_name_prefix='batches')
        self._task = asyncio.create_task(self._work())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        self._thread.shutdown()

    async def __call__(self, item: Item) -> Answer:
        """The answer of an item. Who is cancelled while it waits costs no work."""
        future = asyncio.get_running_loop().create_future()
        self._queue.put_nowait((item, future))
        return await future

    async def _work(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            batch = [await self._queue.get()]
            while len(batch) < self._most and not self._queue.empty():
                batch.append(self._queue.get_nowait())
            batch = [(item, future) for item, future in batch if not future.done()]
            if not batch:
                continue
            items = [item for item, _ in batch]
            try:
                answers = await loop.run_in_executor(self._thread, self._run, items)
            except Exception as error:
                answers = [error] * len(batch)
            for (_, future), answer in zip(batch, answers, strict=True):
                if future.done():  # nobody waits any more
                    continue
                if isinstance(answer, Exception):
                    future.set_exception(answer)
                else:
                    future.set_result(answer)
