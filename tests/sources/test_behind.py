"""Another thread writes in order, little waits, and errors are not lost."""

import threading
import time

import pytest

from mmfsa.sources.behind import WriteBehind


class Writer:
    """Notes what is written, and is as slow as it should be."""

    def __init__(self, seconds=0.0, fails_at=None):
        self.written, self.threads, self.closed = [], set(), False
        self.seconds, self.fails_at = seconds, fails_at

    def __enter__(self):
        return self

    def write(self, item):
        time.sleep(self.seconds)
        if item == self.fails_at:
            raise OSError(f'no room for {item}')
        self.written.append(item)
        self.threads.add(threading.current_thread())

    def __exit__(self, *exc_info):
        self.closed = True


def test_all_is_written_in_order_by_another_thread():
    writer = Writer()
    with WriteBehind(writer) as behind:
        for item in range(50):
            behind.write(item)
    assert writer.written == [*range(50)] and writer.closed
    assert threading.current_thread() not in writer.threads and len(writer.threads) == 1


def test_few_calls_wait():
    writer = Writer(seconds=0.01)
    with WriteBehind(writer, number=3) as behind:
        for item in range(20):
            behind.write(item)
            assert item - len(writer.written) <= 3


@pytest.mark.parametrize('fails_at', [3, 19])
def test_an_error_is_raised_and_nothing_is_written_after_it(fails_at):
    writer = Writer(fails_at=fails_at)
    with (
        pytest.raises(OSError, match=f'no room for {fails_at}'),
        WriteBehind(writer, number=2) as behind,
    ):
        for item in range(20):
            behind.write(item)
    assert writer.written == [*range(fails_at)] and writer.closed


def test_after_an_interrupt_what_waits_is_written():
    writer = Writer(seconds=0.01)
    with pytest.raises(KeyboardInterrupt), WriteBehind(writer) as behind:
        for item in range(5):
            behind.write(item)
        raise KeyboardInterrupt
    assert writer.written == [*range(5)] and writer.closed
