"""What threads and processes may share, how many there are, and when processes end."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import wraps
from multiprocessing import get_context
from threading import RLock

import cv2

THREADS = 'OMP_NUM_THREADS'  # torch and numpy heed it, too


def one_at_a_time(method: Callable) -> Callable:
    """A method that an object runs for one thread at a time; other objects don't wait.

    For networks whose library keeps a call's images and numbers in the network itself.
    """

    @wraps(method)
    def call(self, *args, **kwargs):
        with self.__dict__.setdefault('_lock', RLock()):  # this much is atomic
            return method(self, *args, **kwargs)

    return call


class NotForked:
    """What does not live on in a forked process: its libraries' threads are not there.

    A call would wait for these threads for ever, so it fails at once.
    """

    remedy = 'make a {name} in each worker'

    def __new__(cls, *args, **kwargs) -> 'NotForked':  # noqa: ARG004
        self = super().__new__(cls)
        self._process = os.getpid()
        return self

    def check_process(self) -> None:
        """Refuse a call in a process that was forked off.

        Raises:
            RuntimeError: The object was made in another process.
        """
        if os.getpid() != self._process:
            name = type(self).__name__
            raise RuntimeError(
                f'this {name} was made before the process was forked, and its threads '
                f'stayed behind: {self.remedy.format(name=name)}'
            )


class OfOneProcess(NotForked):
    """What lives in one process. Another process can build it again.

    A pickle of the object holds its arguments alone, and is loaded by a new call of the
    class.
    """

    remedy = f'{NotForked.remedy}, or send it there pickled, as multiprocessing does'

    def __new__(cls, *args, **kwargs) -> 'OfOneProcess':
        self = super().__new__(cls)
        self._arguments = args, kwargs
        return self

    def __reduce__(self) -> tuple:
        return _rebuild, (type(self), *self._arguments)


def _rebuild(kind: type, args: tuple, kwargs: dict) -> OfOneProcess:
    return kind(*args, **kwargs)


PR_SET_PDEATHSIG = 1  # of <sys/prctl.h>


def end_with_parent(parent: int) -> None:
    """End this process where its parent is killed. Elsewhere than on Linux, do nothing.

    Args:
        parent: The parent's number.
    """
    if sys.platform != 'linux':
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it was killed before
        os._exit(1)


def usual_threads() -> int | None:
    """How many CPU threads a network runs on where nobody says: what the environment
    variable `OMP_NUM_THREADS` says, or None."""
    first = os.environ.get(THREADS, '').split(',')[0].strip()
    return int(first) if first.isdecimal() and int(first) else None


@contextmanager
def opencv_threads(number: int) -> Iterator[None]:
    """OpenCV runs on so many threads, and afterwards on as many as before."""
    before = cv2.getNumThreads()
    cv2.setNumThreads(number)
    try:
        yield
    finally:
        cv2.setNumThreads(before)


@contextmanager
def network_threads(number: int) -> Iterator[None]:
    """Networks that are made here run on so many threads, where nobody says how many."""
    before = os.environ.get(THREADS)
    os.environ[THREADS] = str(number)
    try:
        yield
    finally:
        if before is None:
            del os.environ[THREADS]
        else:
            os.environ[THREADS] = before


def worker_pool(
    workers: int,
    start: Callable | None = None,
    *arguments: object,
    method: str | None = 'spawn',
) -> ProcessPoolExecutor:
    """Processes that share work, each on one CPU thread. None outlives this one.

    Ctrl-C reaches the calling process alone: it decides what becomes of the others.

    Args:
        workers: How many processes.
        start: What each process does first.
        *arguments: The arguments of `start`.
        method: How processes start. With `spawn` they share no thread and no lock of a
            library; None is the system's way, which may be faster. Where it is a fork,
            OpenCV keeps its number of threads: a forked process would wait for ever for
            the threads that a change ends.
    """
    context = get_context(method)
    is_fork = context.get_start_method() == 'fork'
    return ProcessPoolExecutor(
        workers,
        mp_context=context,
        initializer=_begin,
        initargs=(os.getpid(), is_fork, start, arguments),
    )


def _begin(
    parent: int, is_fork: bool, start: Callable | None, arguments: tuple
) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end_with_parent(parent)
    if not is_fork:
        os.environ[THREADS] = '1'
        cv2.setNumThreads(1)
    if start is not None:
        start(*arguments)
