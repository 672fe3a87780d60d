"""Turn another project's weights into a checkpoint of mmfsa.

The file says itself what it is; the name of the config that builds its model is printed
last.
"""

import argparse
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `mmfsa convert`."""
    parser.add_argument(
        'src', type=Path, help='the weights, as their project wrote them'
    )
    parser.add_argument('dst', type=Path, help='the checkpoint to write (.pth)')


def run(args: argparse.Namespace) -> int:
    """Convert the weights, and print the name of their config."""
    from mmfsa.zoo.convert import convert

    print(f'{args.dst} is of {convert(args.src, args.dst)}')
    return 0
