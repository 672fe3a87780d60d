"""The decorators of everything that loops over pixels or triangles."""

from contextlib import suppress
from pathlib import Path

try:
    from numba import njit
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        'rendering heads needs numba: pip install numba'
    ) from error

compiled = njit(cache=True, fastmath=True, error_model='numpy')
# A part of the compiled functions that call it; passing it all the looks would take longer
# than it does.
inlined = njit(fastmath=True, error_model='numpy', forceinline=True)


def forget_stale(folder: Path) -> None:
    """Delete what was compiled from older sources than the folder's.

    numba compares the file of a compiled function alone, not those of what is inlined.
    """
    newest = max(source.stat().st_mtime for source in folder.glob('*.py'))
    for index in folder.glob('__pycache__/*.nbi'):
        # Another process may have been first; in a folder that can't be written to, numba
        # keeps nothing.
        with suppress(OSError):
            if index.stat().st_mtime < newest:
                index.unlink()


forget_stale(Path(__file__).parent)
