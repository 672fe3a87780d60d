"""Memory of long runs on the CPU."""

import ctypes

# Of glibc's <malloc.h>.
M_TRIM_THRESHOLD = -1
M_MMAP_MAX = -4


def keep_freed_memory() -> None:
    """Let the process keep what it frees, for its next allocations.

    glibc hands large blocks back to the system at once, and a training step on the CPU
    asks for all of them again: the page faults cost up to a third of a step's time at
    large batches. Without glibc nothing happens.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        return
    mallopt(M_MMAP_MAX, 0)
    mallopt(M_TRIM_THRESHOLD, -1)
