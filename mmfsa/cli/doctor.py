"""Report what is installed and what is missing, and test every backend."""

import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `mmfsa doctor`."""
    parser.add_argument(
        '--compile', action='store_true', help='try torch-compile, too: a minute'
    )


def run(args: argparse.Namespace) -> int:
    """Print the report; 1 if there is a problem."""
    from mmfsa import doctor

    return doctor.run(args.compile)
