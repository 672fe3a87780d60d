"""How long calls take that take turns: what else a machine does disturbs all alike."""

import logging
from collections.abc import Callable
from os import cpu_count, getloadavg
from time import perf_counter

import numpy as np
import torch

from mmfsa.utils.progress import track

MILLISECONDS_A_ROUND = 20
WARM_UP = 3  # calls
WARM_UP_SECONDS = 1
BUSY = 0.5  # processes a core

Run = Callable[[], object]


@torch.inference_mode()
def measure(
    runs: dict[str, Run],
    batch_size: int,
    rounds: int,
    timer: Callable[[Run], float] | None = None,
) -> list[dict]:
    """Let all take turns, and measure the latency of their calls.

    Networks of torch run without gradients.

    Args:
        runs: What is called, by name.
        batch_size: Images a call.
        rounds: How often each has its turn.
        timer: Gives the milliseconds that a call takes; by the CPU's clock by default.

    Returns:
        For each its `model` (the name), `batch_size`, the number of `calls`, the
        milliseconds `best`, `p50`, `p95` and `p99`, and `images_per_second`.
    """
    timer = timer or _milliseconds
    times = {label: [] for label in runs}
    for run in runs.values():
        start = perf_counter()
        for _ in range(WARM_UP):
            run()
            if perf_counter() - start > WARM_UP_SECONDS:
                break
    for _ in track(range(rounds), f'batch {batch_size}'):
        for label, run in runs.items():
            run()  # the one before has left its data in the caches
            spent = 0.0
            while spent < MILLISECONDS_A_ROUND:
                times[label].append(timer(run))
                spent += times[label][-1]
    return [
        dict(model=label, batch_size=batch_size, calls=len(calls))
        | dict(best=min(calls))
        | {f'p{q}': float(np.percentile(calls, q)) for q in (50, 95, 99)}
        | dict(images_per_second=batch_size / float(np.median(calls)) * 1e3)
        for label, calls in times.items()
    ]


def warn_if_loaded() -> None:
    """Say so where other work keeps the CPU busy: times then say little."""
    load = getloadavg()[0]  # processes that ran or waited in the last minute
    if load > BUSY * cpu_count():
        logging.getLogger(__name__).warning(
            'the machine is busy: %.1f processes ran in the last minute, on %d cores; '
            'times are too long',
            *(load, cpu_count()),
        )


def _milliseconds(run: Run) -> float:
    start = perf_counter()
    run()
    return (perf_counter() - start) * 1e3
