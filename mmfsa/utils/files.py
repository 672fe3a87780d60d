"""Writes files that are either whole or not there, and finds the user's cache."""

import hashlib
import json
import math
import os
import secrets
import shutil
import socket
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import IO
from weakref import WeakSet

# How files of trained networks are named: mmfsa's checkpoints, and what else runs.
CHECKPOINTS = '.pth', '.pt', '.safetensors'
NETWORKS = *CHECKPOINTS, '.onnx', '.engine'


@contextmanager
def replacing(path: str | Path) -> Iterator[Path]:
    """Write a file under a temporary name; at the end, it gets its own name.

    After an error, the temporary file is removed and an older file at `path` stays. The
    error is passed on.

    Args:
        path: The file's name. Missing folders are made.

    Yields:
        The temporary path, beside `path`.

    Raises:
        OSError: If the file can't be written. Its message names the file.
    """
    path = Path(path)
    temporary = temporary_path(path)
    try:
        with naming(path, temporary):
            yield temporary
            temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def naming(path: str | Path, temporary: str | Path | None = None) -> Iterator[None]:
    """Let an error name the file that can't be written.

    A full disk does not name it, and nobody knows its temporary name.
    """
    try:
        yield
    except OSError as e:
        if e.filename in (None, temporary, str(temporary)):
            e.filename = str(path)
        raise


def temporary_path(path: Path) -> Path:
    """A new name beside a file, with its suffix.

    No other thread or process has it, and nobody can guess it and put a link there. It is
    short and in ASCII, whatever the file's name. What dead processes have left in the
    folder goes.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    _collect(path.parent.absolute())
    suffix = path.suffix if path.suffix.isascii() else ''
    unique = f'{os.getpid()}-{secrets.token_hex(4)}'
    return path.with_name(f'{_beginning()}{unique}.tmp{suffix[:16]}')


def _beginning() -> str:
    """How the temporary names of this machine begin."""
    return f'.mmfsa-{hashlib.sha256(socket.gethostname().encode()).hexdigest()[:8]}-'


@lru_cache(maxsize=1024)  # once a process
def _collect(folder: Path) -> None:
    """Remove what is temporary in a folder and whose processes are gone."""
    for left in folder.glob(f'{_beginning()}*.tmp*'):
        pid = left.name.removeprefix(_beginning()).partition('-')[0]
        if pid.isdecimal() and not _lives(int(pid)):
            with suppress(OSError):  # another user's, or another process was faster
                if left.is_dir() and not left.is_symlink():
                    shutil.rmtree(left)
                else:
                    left.unlink()


def temporary_folder() -> TemporaryDirectory:
    """A folder that goes with its context.

    Where a process was killed, or a library's thread still wrote as the folder went, a
    later process that asks for a folder removes what is left.
    """
    _collect(Path(gettempdir()))
    prefix = f'{_beginning()}{os.getpid()}-'
    return TemporaryDirectory('.tmp', prefix, ignore_cleanup_errors=True)


def _lives(pid: int) -> bool:
    """Whether there is such a process on this machine."""
    if os.name != 'posix':  # elsewhere a signal 0 ends it
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:  # another user's
        return True
    return True


def lock(path: Path) -> IO:
    """Keep other processes from writing a file, for as long as the answer lives.

    The lock goes with the process, even a killed one: what it has forked does not keep it.

    Raises:
        ValueError: Another process has it.
    """
    file = path.open('ab')
    try:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except ImportError:  # elsewhere than on POSIX
        pass
    except BlockingIOError as e:
        raise ValueError(
            f'{path.parent}: another process is writing there: wait for its end, or give '
            'another folder'
        ) from e
    _locked.add(file)
    return file


_locked: 'WeakSet[IO]' = WeakSet()


def _leave_locks() -> None:
    """In a forked process: close what the parent has locked."""
    for file in [*_locked]:
        file.close()  # nothing is written through it


if hasattr(os, 'register_at_fork'):
    os.register_at_fork(after_in_child=_leave_locks)


@contextmanager
def native_path(path: str | Path) -> Iterator[str]:
    """A name of a file that native code can open: that of a link, where it must be.

    Libraries in C++ take a name as UTF-8. Some of them crash where it is none.

    Args:
        path: The file, which may not be there yet.

    Yields:
        An absolute path, which is never taken for an address.
    """
    path = Path(path).absolute()
    try:
        str(path).encode()
    except UnicodeEncodeError:
        with temporary_folder() as folder:
            link = Path(folder) / f'file{path.suffix if path.suffix.isascii() else ""}'
            link.symlink_to(path)
            yield str(link)
    else:
        yield str(path)


def cache_path(name: str) -> Path:
    """The path of a file in mmfsa's cache, below ``$XDG_CACHE_HOME`` or ``~/.cache``."""
    folder = os.environ.get('XDG_CACHE_HOME') or _home() / '.cache'
    return Path(folder) / 'mmfsa' / name


def data_path(name: str) -> Path:
    """The path of a file that mmfsa keeps for the user, below ``$XDG_DATA_HOME`` or
    ``~/.local/share``."""
    folder = os.environ.get('XDG_DATA_HOME') or _home() / '.local/share'
    return Path(folder) / 'mmfsa' / name


def _home() -> Path:
    """The user's folder; for a user without one, as in some containers, one that is not
    there: nothing is found in it, and what is written needs another."""
    try:
        return Path.home()
    except RuntimeError:
        return Path('/nonexistent')


@contextmanager
def caching(path: Path) -> Iterator[Path]:
    """Do the same as :func:`replacing`, for a file of the cache.

    Args:
        path: The file, from :func:`cache_path`.

    Yields:
        The temporary path.

    Raises:
        OSError: If the cache can't be written. The message says how to choose another
            folder.
    """
    try:
        with replacing(path) as temporary:
            yield temporary
    except OSError as error:
        raise OSError(
            f'{path} can not be written ({error}); set XDG_CACHE_HOME to a folder that '
            'can be'
        ) from error


def to_json(content: object, **options) -> str:
    """JSON of what Python holds. JSON has no NaN and no infinity: they become null.

    Args:
        content: What JSON can hold.
        **options: Further arguments of :func:`json.dumps`.

    >>> to_json(dict(yaw=math.nan, box=[1.5, math.inf]))
    '{"yaw": null, "box": [1.5, null]}'
    """
    try:
        return json.dumps(content, allow_nan=False, **options)
    except ValueError:
        return json.dumps(_finite(content), allow_nan=False, **options)


def _finite(content: object) -> object:
    if isinstance(content, float):
        return content if math.isfinite(content) else None
    if isinstance(content, dict):
        return {key: _finite(value) for key, value in content.items()}
    if isinstance(content, (list, tuple)):
        return [_finite(value) for value in content]
    return content


def write_json(content, path: str | Path) -> None:
    """Write a JSON file, which is whole or not there.

    Args:
        content: What JSON can hold.
        path: The file.
    """
    with replacing(path) as temporary:
        temporary.write_text(to_json(content, indent=1) + '\n')


# What Python's reader raises, too, where offsets and flags are damaged.
OF_DAMAGED_ZIPS = EOFError, NotImplementedError, OSError, RuntimeError, ValueError


def why_damaged(path: str | Path) -> str | None:
    """What is wrong with the checksums of a zip file (.pth, .npz).

    torch does not look at them: it would load other weights.

    Returns:
        The reason in words; None where all is well, and for files that are no zip.

    Raises:
        OSError: The file can't be read.
    """
    with Path(path).open('rb') as file:
        if file.read(4) != b'PK\3\4':
            return None
        try:
            part = zipfile.ZipFile(file).testzip()
        except (zipfile.BadZipFile, zlib.error, *OF_DAMAGED_ZIPS) as e:
            return str(e) or type(e).__name__
    return part and f'the checksum of {part} is wrong'


def sha256(path: str | Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def note_digest(path: Path) -> None:
    """Write the SHA-256 of a file beside it, for :func:`has_its_digest`."""
    with replacing(_note_of(path)) as temporary:
        temporary.write_text(sha256(path))


def has_its_digest(path: Path) -> bool:
    """Whether a file is there and is the one that :func:`note_digest` has seen."""
    note = _note_of(path)
    return path.is_file() and note.is_file() and note.read_text() == sha256(path)


def _note_of(path: Path) -> Path:
    return path.with_name(f'{path.name}.sha256')
