"""The next images are read by another thread, and nothing else changes."""

import threading
import time

import pytest

from mmfsa.sources.ahead import read_ahead


class Source:
    """Gives numbers, and notes who takes them."""

    def __init__(self, end, error=None):
        self.taken, self.closed_by = [], None
        self.end, self.error = end, error

    def __iter__(self):
        try:
            for number in range(self.end):
                self.taken.append(threading.current_thread().name)
                yield number
            if self.error:
                raise self.error
        finally:
            self.closed_by = threading.current_thread().name


@pytest.mark.parametrize('number', [1, 2, 9])
@pytest.mark.parametrize('end', [0, 1, 5])
def test_all_items_in_their_order(end, number):
    source = Source(end)
    assert list(read_ahead(source, number)) == [*range(end)]
    assert len({*source.taken}) == min(end, 1)
    assert source.closed_by.startswith('reader')


def test_few_are_taken_before_they_are_needed():
    source = Source(100)
    items = read_ahead(source, 2)
    assert next(items) == 0 and next(items) == 1
    time.sleep(0.1)
    assert 3 <= len(source.taken) <= 4
    items.close()
    assert source.closed_by.startswith('reader') and len(source.taken) <= 4


def test_an_error_comes_after_what_was_before_it():
    items = read_ahead(Source(3, OSError('the disk is gone')), 2)
    assert [next(items) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(OSError, match='the disk is gone'):
        next(items)
