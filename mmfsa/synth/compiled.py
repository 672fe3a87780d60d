"""The decorators for functions that loop over pixels or triangles: numba compiles them."""

from contextlib import suppress
from pathlib import Path

try:
    from numba import njit
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        'rendering heads needs numba: pip install numba'
    ) from error

compiled = njit(cache=True, fastmath=True, error_model='numpy')
# Such a function becomes a part of its callers: to pass it all the looks at each call
# would take longer than its work.
inlined = njit(fastmath=True, error_model='numpy', forceinline=True)


def forget_stale(folder: Path) -> None:
    """Delete compiled functions that are older than any source of the folder.

    numba compares only the file of a compiled function, not the files of inlined ones.
    """
    newest = max(source.stat().st_mtime for source in folder.glob('*.py'))
    for index in folder.glob('__pycache__/*.nbi'):
        # Another process may have been first; in a folder that can't be written to, numba
        # keeps nothing.
        with suppress(OSError):
            if index.stat().st_mtime < newest:
                index.unlink()


forget_stale(Path(__file__).parent)
