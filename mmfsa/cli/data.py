"""Convert a data set, so that mmfsa can train and test on it."""

import argparse
import sys
from collections.abc import Callable
from concurrent.futures.process import BrokenProcessPool


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add a command for each data set, with its converter's arguments."""
    from mmfsa.datasets.converters import CONVERTERS, load_converter

    names = parser.add_subparsers(title='data sets', metavar='NAME', required=True)
    for name in CONVERTERS:
        converter = load_converter(name)
        subparser = names.add_parser(
            name,
            help=(converter.__doc__ or name).partition('\n')[0],
            description=converter.__doc__,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        converter.add_arguments(subparser)
        subparser.set_defaults(convert=converter.run)


def run(args: argparse.Namespace) -> int:
    """Convert the data set."""
    return convert(args.convert, args)


def convert(
    converter: Callable[[argparse.Namespace], None], args: argparse.Namespace
) -> int:
    """Run a converter, which can go on after an interruption.

    Returns:
        0, or 130 after an interruption.

    Raises:
        ChildProcessError: If the system killed one of its processes.
    """
    try:
        converter(args)
    except BrokenProcessPool as e:
        raise ChildProcessError(
            'a worker was killed, perhaps for memory: try fewer --workers'
        ) from e
    except KeyboardInterrupt:
        sys.stderr.write('\nInterrupted. The same command goes on from here.\n')
        return 130
    return 0
