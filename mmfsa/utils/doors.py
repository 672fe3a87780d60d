"""What mmfsa lets in only where a user asks for it, and how much it takes at once.

A door stands open for the whole process and for its workers: the environment variables
MMFSA_ALLOW (names of doors, joined by commas) and MMFSA_LIMITS (a number that all limits
are multiplied by) say so. The options of the command line set them.
"""

import os
import stat
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ALLOW, FACTOR = 'MMFSA_ALLOW', 'MMFSA_LIMITS'
TRACEBACK = 'MMFSA_TRACEBACK'
DOORS = {
    'outside': "images that an index names outside of its data set's folder",
    'special': 'files that are no regular files, such as pipes and devices',
}
LIMITS = {
    'pixels': 100_000_000,  # of a picture
    'text': 256 << 20,  # bytes of JSON, YAML or CSV
    'values': 10_000_000,  # of YAML, those counted again that it repeats
    'bytes': 4 << 30,  # of any other file, and of what is packed in it
    'ratio': 100,  # of what is packed in a file to the file
    'seconds': 8,  # of native code that reads a file, see `reading.outlive`
}
PACKED_FREELY = 128 << 20  # bytes: a ratio counts above it


def is_open(door: str) -> bool:
    """Whether a user has opened one of :data:`DOORS`."""
    return door in os.environ.get(ALLOW, '').split(',')


def limit(name: str) -> float:
    """One of :data:`LIMITS`, as the user has raised it.

    Raises:
        ValueError: MMFSA_LIMITS is no number above 0.
    """
    text = os.environ.get(FACTOR, '1')
    try:
        factor = float(text)
    except ValueError:
        factor = 0
    if not factor > 0:
        raise ValueError(f'{FACTOR} must be a number above 0, got {text!r}')
    return LIMITS[name] * factor


def check(path: str | Path, name: str, value: float) -> None:
    """Refuse what is beyond a limit.

    Args:
        path: The file, for the message.
        name: One of :data:`LIMITS`.
        value: What the file takes.

    Raises:
        ValueError: It is too much; the message says how to raise the limits.
    """
    most = limit(name)
    if value > most:
        times = value / LIMITS[name]
        raise ValueError(
            f'{path}: {value:.4g} {UNITS[name]}, and the limit is {most:.4g}: where you '
            f'trust the file, --limits {times + 0.05:.1f} ({FACTOR}) raises it'
        )


UNITS = {
    'pixels': 'pixels',
    'text': 'bytes',
    'values': 'values',
    'bytes': 'bytes',
    'ratio': 'times as large unpacked as packed',
    'seconds': 'seconds',
}


def check_file(path: str | Path, name: str = 'bytes') -> int:
    """Look at a file before it is opened: a pipe blocks, and a device has no end.

    Args:
        path: The file.
        name: The limit of its size.

    Returns:
        Its size in bytes.

    Raises:
        OSError: There is no such file.
        ValueError: It is no regular file, or too large.
    """
    told = os.stat(path)  # noqa: PTH116  (a path may be a text)
    if stat.S_ISDIR(told.st_mode):
        raise IsADirectoryError(f'{path} is a folder, no file')
    if not stat.S_ISREG(told.st_mode) and not is_open('special'):
        raise ValueError(
            f'{path} is no regular file; where you trust it, --allow-special reads it'
        )
    check(path, name, told.st_size)
    return told.st_size


def check_unpacked(path: str | Path, unpacked: float) -> None:
    """Refuse a small file that unpacks to a large content.

    Args:
        path: The file.
        unpacked: Bytes of its content.

    Raises:
        ValueError: It is too much.
    """
    check(path, 'bytes', unpacked)
    if unpacked > PACKED_FREELY:
        check(path, 'ratio', unpacked / max(1, check_file(path)))


@contextmanager
def opened(argv: Sequence[str]) -> Iterator[list[str]]:
    """Take what every command understands out of its arguments, for as long as it runs.

    Args:
        argv: The arguments.

    Yields:
        The other arguments.
    """
    parser = ArgumentParser(add_help=False, allow_abbrev=False, usage=USAGE)
    for door in DOORS:
        parser.add_argument(f'--allow-{door}', action='store_true')
    parser.add_argument('--limits', metavar='FACTOR')
    parser.add_argument('--traceback', action='store_true')
    asked, others = parser.parse_known_args(argv)
    before = {name: os.environ.get(name) for name in (ALLOW, FACTOR, TRACEBACK)}
    doors = [door for door in DOORS if is_open(door) or getattr(asked, f'allow_{door}')]
    os.environ[ALLOW] = ','.join(doors)
    if asked.limits is not None:
        os.environ[FACTOR] = asked.limits
    if asked.traceback:
        os.environ[TRACEBACK] = '1'
    try:
        yield others
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


USAGE = '[--limits FACTOR] [--traceback] …'
HELP = f"""\
with every command:
  --limits FACTOR   read larger files and pictures: multiply the limits by it
  --allow-outside   read {DOORS['outside']}
  --allow-special   read {DOORS['special']}
  --traceback       an error shows where it comes from ({TRACEBACK}=1 does, too)
"""
