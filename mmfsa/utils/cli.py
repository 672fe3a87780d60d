"""What all command-line tools share: clear errors, and options that mean the same."""

import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager

# What mmfsa raises for bad files and settings (OSError, ValueError), for an optional
# package that is not installed, and for what a part does not support.
USER_ERRORS = ImportError, NotImplementedError, OSError, ValueError


@contextmanager
def clear_errors() -> Iterator[None]:
    """End with the message of a user's error, without the traceback."""
    try:
        yield
    except USER_ERRORS as e:
        sys.exit(f'error: {e}')


def add_data_root(parser: ArgumentParser) -> None:
    """Add the option whose value is for :func:`mmfsa.engine.runs.set_data_root`."""
    parser.add_argument(
        '--data-root',
        metavar='DIR',
        help='the folder of all data sets, in place of `data`',
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
