"""Turn another project's weights into a checkpoint of mmfsa.

The file says itself what it is; the name of the config that builds its model is printed
last. Without DST the checkpoint is kept under the model's name, where every verb finds it.
"""

import argparse
from pathlib import Path

from mmfsa.utils.cli import keep_inputs


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `mmfsa convert`."""
    parser.add_argument(
        'src', type=Path, help='the weights, as their project wrote them'
    )
    parser.add_argument(
        'dst',
        type=Path,
        nargs='?',
        help='the checkpoint to write (.pth or .safetensors); by default kept under the '
        "model's name",
    )


def run(args: argparse.Namespace) -> int:
    """Convert the weights, and print the name of their config."""
    from mmfsa import zoo
    from mmfsa.zoo.convert import convert, kept_name

    keep_inputs([args.dst], [args.src])
    config = convert(args.src, args.dst)
    name = kept_name(config)
    kept = args.dst or f'{zoo.kept_path(name)}, kept as {name},'
    print(f'{kept} is of {config}')
    return 0
