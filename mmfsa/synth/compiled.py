"""Compiled functions that are older than their sources are forgotten."""

from contextlib import suppress
from pathlib import Path

from mmfsa.utils.compiled import compiled, inlined

__all__ = ['compiled', 'forget_stale', 'inlined']


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
