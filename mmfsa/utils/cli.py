"""What all command-line tools share: clear errors, and options that mean the same."""

import os
import re
import sys
import traceback
from argparse import ArgumentParser, ArgumentTypeError, RawDescriptionHelpFormatter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from .doors import TRACEBACK
from .reading import one_line

# What mmfsa raises for bad files and settings (OSError, ValueError), for an optional
# package that is not installed, and for what a part does not support.
USER_ERRORS = ImportError, NotImplementedError, OSError, ValueError

A_CORE = 4  # processes on one core: more would only fill the memory
IN_A_WORKER = re.compile(r'Caught \w+ in DataLoader worker process')


@contextmanager
def clear_errors() -> Iterator[None]:
    """End with the message of an error, and with its exit status.

    Raises:
        SystemExit: In place of an error, with its message and its status.
    """
    try:
        yield
    except Exception as e:
        end = SystemExit(f'error: {e}')
        end.code = report(e)
        raise end from e


def report(error: BaseException, program: str = 'error') -> int:
    """Write an error to standard error, in one line with its causes.

    With the environment variable MMFSA_TRACEBACK, its traceback stands before it.

    Args:
        error: One of :data:`USER_ERRORS`; any other is an error of mmfsa's own, and the
            line says so.
        program: What the line begins with.

    Returns:
        The exit status: 1 for what can't be read or written, 2 for wrong settings, such
        as a config, weights or a data set that is not there; 70 for mmfsa's own errors.
    """
    if os.environ.get(TRACEBACK):
        traceback.print_exception(error)
    text = str(error)
    if IN_A_WORKER.match(text):  # the last line is the error, the others a traceback
        text = text.strip().rpartition('\n')[2].partition(': ')[2]
    text += ''.join(f' (because: {cause})' for cause in _causes(error, text))
    if not isinstance(error, USER_ERRORS):
        sys.stderr.write(
            f'{program}: this is an error of mmfsa: {type(error).__name__}: {text}; '
            '--traceback shows where it is: please report it\n'
        )
        return 70
    sys.stderr.write(f'{program}: {text}\n')
    # The system's own errors have a number, mmfsa's about a file that is named have none.
    not_there = isinstance(error, FileNotFoundError) and error.errno is None
    return 1 if isinstance(error, OSError) and not not_there else 2


def _causes(error: BaseException, text: str) -> Iterator[str]:
    """What has led to an error, as far as its own text doesn't say so."""
    cause = error.__cause__
    while cause is not None:
        told = one_line(cause)
        # Whoever raised an error has summed up a cause of many lines.
        if '\n' not in str(cause) and told not in text and str(cause) not in text:
            text += told
            yield told
        cause = cause.__cause__ or (
            None if cause.__suppress_context__ else cause.__context__
        )


def script_parser(docstring: str) -> ArgumentParser:
    """The parser of a script, whose help shows the docstring as it stands."""
    return ArgumentParser(
        description=docstring, formatter_class=RawDescriptionHelpFormatter
    )


def positive(text: str) -> int:
    """A whole number above 0, as the type of an argument."""
    number = int(text) if text.lstrip('+-').isdecimal() else 0
    if number < 1:
        raise ArgumentTypeError(f'must be a whole number of at least 1, got {text}')
    return number


def processes(text: str) -> int:
    """How many processes share work, as the type of an argument: some for each core."""
    number, most = positive(text), A_CORE * (os.cpu_count() or 1)
    if number > most:
        raise ArgumentTypeError(
            f'must be at most {most}, {A_CORE} for each core of this machine, got {text}'
        )
    return number


def port(text: str) -> int:
    """The number of a port, as the type of an argument; 0 is a free one."""
    if not text.isdecimal() or int(text) > 65535:
        raise ArgumentTypeError(f'must be a whole number from 0 to 65535, got {text}')
    return int(text)


def keep_inputs(outputs: Iterable[Path | None], inputs: Iterable[Path | None]) -> None:
    """Refuse to write over what is read.

    Args:
        outputs: The files that a command will write.
        inputs: The files that it reads.

    Raises:
        ValueError: One of them is both.
    """
    read = [path for path in inputs if path is not None and path.exists()]
    for path in outputs:
        if path is None or not path.exists():
            continue
        if any(path.samefile(other) for other in read):
            raise ValueError(f'{path} is read, and would be written over: name another')


def add_data_root(parser: ArgumentParser) -> None:
    """Add the option whose value is for :func:`mmfsa.engine.runs.set_data_root`."""
    parser.add_argument(
        '--data-root',
        metavar='DIR',
        help='the folder of all data sets, in place of `data`',
    )


def add_allow_partial(parser: ArgumentParser) -> None:
    """Add the option that permits a part of a data set."""
    parser.add_argument(
        '--allow-partial',
        action='store_true',
        help='work with a part of a data set: results are not comparable then',
    )


def add_augment_on_device(parser: ArgumentParser) -> None:
    """Add the option that asks for :func:`mmfsa.engine.runs.augment_on_device`."""
    parser.add_argument(
        '--augment-on-device',
        action='store_true',
        help='keep and augment the training images where the model is, without workers',
    )


def add_trust_checkpoint(parser: ArgumentParser) -> None:
    """Add the option that permits checkpoints with pickled objects."""
    parser.add_argument(
        '--trust-checkpoint',
        action='store_true',
        help='load a checkpoint that needs pickle, which can run any code in it',
    )
