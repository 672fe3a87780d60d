"""How many synthetic heads a machine renders per second."""

import time

from mmfsa.utils.threads import worker_pool

from .factors import PER_SUBJECT
from .renderer import HeadRenderer


def heads_per_second(num: int = 1000, workers: int = 2) -> tuple[float, float]:
    """Render heads in parallel.

    Args:
        num: Heads.
        workers: Processes.

    Returns:
        Heads per second, and seconds of processor time for one.
    """
    with worker_pool(workers, _start) as pool:
        list(pool.map(_render, range(workers * 8)))  # compiles, or loads what is
        begin = time.perf_counter()
        busy = sum(pool.map(_render, range(num), chunksize=16))
        return num / (time.perf_counter() - begin), busy / num


def _start() -> None:
    global renderer  # of this worker
    renderer = HeadRenderer()


def _render(row: int) -> float:
    begin = time.process_time()
    renderer(0, *divmod(row, PER_SUBJECT))
    return time.process_time() - begin
