"""Files that are either whole or not there."""

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replacing(path: str | Path) -> Iterator[Path]:
    """A temporary name beside `path`; what was written there gets its name at the end.

    After an error, which is passed on, nothing is left under either name.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f'.{path.name}.{os.getpid()}.tmp')
    try:
        yield temporary
        temporary.replace(path)
    except OSError as e:
        if e.filename is None:  # a full disk doesn't say what it had no room for
            e.filename = str(path)
        raise
    finally:
        temporary.unlink(missing_ok=True)


def cache_path(name: str) -> Path:
    """A file of mmfsa's cache: below ``$XDG_CACHE_HOME`` or ``~/.cache``."""
    folder = os.environ.get('XDG_CACHE_HOME') or Path.home() / '.cache'
    return Path(folder) / 'mmfsa' / name


@contextmanager
def caching(path: Path) -> Iterator[Path]:
    """As :func:`replacing`, for a file of the cache.

    Raises:
        OSError: The cache can't be written; the message says how to have another.
    """
    try:
        with replacing(path) as temporary:
            yield temporary
    except OSError as error:
        raise OSError(
            f'{path} can not be written ({error}); set XDG_CACHE_HOME to a folder that '
            'can be'
        ) from error


def write_json(content, path: str | Path) -> None:
    """Write JSON, indented, under a temporary name first."""
    with replacing(path) as temporary:
        temporary.write_text(json.dumps(content, indent=1) + '\n')


def sha256(path: str | Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()
