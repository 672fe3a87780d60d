"""Build a TensorRT engine from an exported or converted model.

The precision is the file's: convert it first. What the engine was built from and for is
written beside it, to ENGINE.json.
"""

import argparse
from pathlib import Path

from mmfsa.utils.cli import keep_inputs


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `mmfsa engine` and tools/deployment/build_engine.py."""
    parser.add_argument('model', type=Path)
    parser.add_argument('engine', type=Path)
    parser.add_argument(
        '--profile',
        type=int,
        nargs=3,
        required=True,
        metavar=('MIN', 'OPT', 'MAX'),
        help='the smallest, the usual and the largest batch',
    )
    parser.add_argument(
        '--runtime', choices=('tensorrt', 'tensorrt-rtx'), default='tensorrt'
    )
    parser.add_argument(
        '--targets',
        nargs='+',
        default=(),
        metavar='SM',
        help='compute capabilities of the GPUs to build for, without a dot '
        '(tensorrt-rtx only); the GPU at hand by default',
    )
    parser.add_argument(
        '--timing-cache',
        type=Path,
        metavar='DIR',
        help='keep there what the builder measures, for a quicker next build',
    )


def run(args: argparse.Namespace) -> int:
    """Build the engine, and say what is in it."""
    from mmfsa.deploy.engine import build_engine, sidecar_path

    keep_inputs([args.engine], [args.model])
    sidecar = build_engine(
        args.model,
        args.engine,
        tuple(args.profile),
        args.runtime.replace('-', '_'),
        tuple(args.targets),
        args.timing_cache,
    )
    convolutions = ', '.join(
        f'{number} {kind}'
        for kind, number in sidecar['network']['types']['CONVOLUTION'].items()
    )
    print(
        f'{args.engine}: {args.engine.stat().st_size / 1e6:.2f} MB from '
        f'{sidecar["network"]["layers"]} layers, convolutions: {convolutions}; '
        f'see {sidecar_path(args.engine)}'
    )
    return 0
