"""Show what a camera sees, with the poses drawn; q ends."""

import argparse

from . import predict


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `mmfsa webcam`."""
    parser.add_argument('number', type=int, nargs='?', default=0, help='of the webcam')
    predict.add_options(parser)
    parser.set_defaults(
        show=True,
        video=True,
        sheet=False,
        allow_network=False,
        depth=None,
        image_size=None,
        workers=1,
    )


def run(args: argparse.Namespace) -> int:
    """Show the camera's pictures until the user ends it."""
    args.source = [f'webcam:{args.number}']
    return predict.run(args)
