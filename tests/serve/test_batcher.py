"""Micro-batches: who comes while a batch runs goes into the next one together."""

import asyncio
import threading

import pytest

from mmfsa.serve.batcher import Batcher


def test_batches_grow_with_the_load():
    sizes = []

    def run(items):
        sizes.append(len(items))
        return [2 * item for item in items]

    async def ask():
        async with Batcher(run, most=4) as batcher:
            return await asyncio.gather(*map(batcher, range(10)))

    assert asyncio.run(ask()) == [2 * i for i in range(10)]
    assert sizes == [4, 4, 2]


def test_an_error_reaches_the_one_who_asked():
    async def ask():
        answers = [ValueError('a bad item'), 'good']
        async with Batcher(lambda _: answers, most=2) as batcher:
            return await asyncio.gather(*map(batcher, 'ab'), return_exceptions=True)

    bad, good = asyncio.run(ask())
    assert str(bad) == 'a bad item' and good == 'good'


def test_a_run_that_fails_does_not_end_the_work():
    def run(items):
        if items == ['bad']:
            raise RuntimeError('no memory')
        return items

    async def ask():
        async with Batcher(run, most=1) as batcher:
            with pytest.raises(RuntimeError, match='no memory'):
                await batcher('bad')
            return await batcher('good')

    assert asyncio.run(ask()) == 'good'


def test_who_gives_up_costs_no_work():
    seen, go = [], threading.Event()

    def run(items):
        go.wait(10)
        seen.extend(items)
        return items

    async def ask():
        async with Batcher(run, most=1) as batcher:
            first = asyncio.create_task(batcher('first'))
            await asyncio.sleep(0.01)
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(batcher('impatient'), 0.01)
            go.set()
            await first
            await batcher('last')

    asyncio.run(ask())
    assert seen == ['first', 'last']
