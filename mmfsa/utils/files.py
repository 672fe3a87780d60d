"""Writes files that are either whole or not there, and finds the user's cache."""

import hashlib
import json
import math
import os
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


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
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f'.{path.name}.{os.getpid()}.tmp')
    try:
        with naming(path):
            yield temporary
            temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def naming(path: str | Path) -> Iterator[None]:
    """Let an error name the file that can't be written: a full disk does not name it."""
    try:
        yield
    except OSError as e:
        if e.filename is None:
            e.filename = str(path)
        raise


def cache_path(name: str) -> Path:
    """The path of a file in mmfsa's cache, below ``$XDG_CACHE_HOME`` or ``~/.cache``."""
    folder = os.environ.get('XDG_CACHE_HOME') or Path.home() / '.cache'
    return Path(folder) / 'mmfsa' / name


def data_path(name: str) -> Path:
    """The path of a file that mmfsa keeps for the user, below ``$XDG_DATA_HOME`` or
    ``~/.local/share``."""
    folder = os.environ.get('XDG_DATA_HOME') or Path.home() / '.local/share'
    return Path(folder) / 'mmfsa' / name


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
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as e:
            return str(e) or type(e).__name__
    return part and f'the checksum of {part} is wrong'


def sha256(path: str | Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()
