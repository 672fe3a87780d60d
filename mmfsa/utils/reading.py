"""Reads data files: no code in them runs, limits hold, and a damaged one is one error.

The formats are JSON, YAML without objects, and archives of NumPy arrays without objects.
A file must be what its suffix says.
"""

import faulthandler
import json
import math
import os
import signal
import warnings
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .doors import check, check_file, check_unpacked, limit

if TYPE_CHECKING:
    import numpy as np

DATA = '.json', '.yml', '.yaml'


@contextmanager
def damaged(path: str | Path, what: str = '') -> Iterator[None]:
    """Turn whatever a damaged file causes into one line that names the file.

    What a reader stumbles over differs from file to file. What is missing on the disk
    (OSError with its number), and a package that is not installed, pass as they are.

    Args:
        path: The file.
        what: What it should be, such as `an ONNX file`.

    Raises:
        ValueError: In place of another error.
    """
    try:
        yield
    except (ImportError, FileNotFoundError):
        raise
    except Exception as e:
        if isinstance(e, OSError) and e.errno is not None and e.filename is not None:
            raise
        told = one_line(e)
        if type(e) is ValueError:  # a check's own words
            told = told if str(path) in told else f'{path}: {told}'
        else:
            told = f'{path} is damaged{f" or no {what}" if what else ""}: {told}'
        raise ValueError(told) from e


def one_line(error: BaseException) -> str:
    """An error's message in one line of at most some 300 letters, or else its name."""
    text = str(error.args[0] if isinstance(error, KeyError) and error.args else error)
    text = ' '.join(text.split())
    if not text:
        return type(error).__name__
    if isinstance(error, LookupError):
        text = f'no {text}'
    return text if len(text) <= 300 else f'{text[:300]}…'


def read_bytes(path: str | Path, name: str = 'bytes') -> bytes:
    """The content of a regular file.

    Raises:
        OSError: The file can't be read.
        ValueError: It is no regular file, or larger than the limit.
    """
    check_file(path, name)
    return Path(path).read_bytes()


def read_text(path: str | Path) -> str:
    """The text of a file, in UTF-8.

    Raises:
        OSError: The file can't be read.
        ValueError: It is no text, no regular file, or larger than the limit.
    """
    with damaged(path, 'text'):
        return read_bytes(path, 'text').decode()


def read_json(
    path: str | Path, object_hook: Callable[[dict], Any] | None = None
) -> Any:
    """The content of a JSON file.

    Raises:
        OSError: The file can't be read.
        ValueError: It is no JSON, no regular file, or larger than the limit.
    """
    with damaged(path, 'JSON'):
        return json.loads(read_bytes(path, 'text'), object_hook=object_hook)


def read_data(path: str | Path) -> Any:
    """The content of a JSON file, or of a YAML file that holds no objects.

    Raises:
        OSError: The file can't be read.
        ValueError: It has another suffix, its content is not what the suffix says, or it
            is no regular file, or larger than the limit.
    """
    suffix = Path(path).suffix.lower()
    if suffix not in DATA:
        raise ValueError(
            f'{path}: data come from {", ".join(DATA)}, not from {suffix!r}'
        )
    if suffix == '.json':
        return read_json(path)
    import yaml

    with damaged(path, 'YAML without objects'):
        loader = getattr(yaml, 'CSafeLoader', yaml.SafeLoader)  # the same, but in C
        content = yaml.load(read_bytes(path, 'text'), loader)
        check(path, 'values', _num_values(content, {}))
        return content


def _num_values(node: Any, known: dict[int, float]) -> float:
    """How many values a tree has, where YAML repeats parts of it by their names.

    Args:
        node: Lists, dicts and other values.
        known: The numbers of its parts, by their identities.
    """
    if not isinstance(node, (dict, list)):
        return 1
    if id(node) not in known:
        known[id(node)] = math.inf  # a part that holds itself never ends
        parts = node.values() if isinstance(node, dict) else node
        known[id(node)] = 1 + sum(_num_values(part, known) for part in parts)
    return known[id(node)]


def check_zip(path: str | Path) -> None:
    """Refuse a zip file (.npz, .pth) that unpacks to too much; other files pass.

    Raises:
        OSError: The file can't be read.
        ValueError: It unpacks to too much, or is damaged.
    """
    check_file(path)
    with damaged(path):
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                unpacked = sum(member.file_size for member in archive.infolist())
            check_unpacked(path, unpacked)


def outlive(path: str | Path, read: Callable[[], object]) -> None:
    """Let a forked process read a file first, where native code may hang or crash at it.

    Args:
        path: The file.
        read: Reads it. Its errors are not passed on: whoever reads the file meets them.

    Raises:
        ValueError: The reading took too long, or a signal ended it.
    """
    if not hasattr(os, 'fork'):
        return
    with warnings.catch_warnings():
        # Python warns that other threads are not forked: the child needs none.
        warnings.simplefilter('ignore', DeprecationWarning)
        process = os.fork()
    if process == 0:
        try:
            faulthandler.disable()  # a crash here is an answer, and needs no report
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.setitimer(signal.ITIMER_REAL, limit('seconds'))
            read()
        finally:
            os._exit(0)
    _, status = os.waitpid(process, 0)
    if os.WIFSIGNALED(status):
        name = signal.Signals(os.WTERMSIG(status)).name
        reason = f'its reading ends by {name}'
        if name == 'SIGALRM':
            reason = (
                f'its reading takes more than {limit("seconds"):g} s (see --limits)'
            )
        raise ValueError(f'{path} is damaged: {reason}')


def read_arrays(path: str | Path) -> 'dict[str, np.ndarray]':
    """The arrays of a ``.npz`` file, which holds no objects.

    Raises:
        OSError: The file can't be read.
        ValueError: It is damaged, holds objects, or unpacks to too much.
    """
    import numpy as np

    check_zip(path)
    with (
        damaged(path, 'archive of NumPy arrays'),
        np.load(path, allow_pickle=False) as arrays,
    ):
        table = {name: arrays[name] for name in arrays.files}
        for name, array in table.items():
            if not isinstance(array, np.ndarray):  # numpy passes other files as bytes
                raise TypeError(f'{name} is no array')
    return table
