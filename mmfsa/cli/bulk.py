"""Estimate the poses in very many images: Parquet files of records, on many cores.

The same command goes on where it was interrupted. --address takes a cluster of Ray.
"""

import argparse
import sys
from pathlib import Path

from mmfsa.utils.cli import positive, processes

from . import predict


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `mmfsa bulk`."""
    parser.add_argument(
        'source',
        nargs='+',
        help='folder, glob, image, Parquet file of paths or bytes, tar of WebDataset',
    )
    parser.add_argument(
        '--out',
        type=Path,
        required=True,
        metavar='DIR',
        help='the folder of the results',
    )
    predict.add_model_options(parser)
    parser.set_defaults(batch_size=16)
    work = parser.add_argument_group('work')
    work.add_argument(
        '--shard-size',
        type=positive,
        default=1000,
        metavar='N',
        help='images of a shard; each tar is a shard',
    )
    work.add_argument(
        '--column', help='of Parquet files: where images are, by default a usual name'
    )
    work.add_argument(
        '--workers',
        type=processes,
        metavar='N',
        help='shards at a time on this machine; by default one a core',
    )
    work.add_argument('--address', help='of a Ray cluster, such as auto')
    work.add_argument(
        '--gpus',
        type=float,
        help='GPUs of a shard; by default 1 with --device cuda; 0.25: four share one',
    )


def run(args: argparse.Namespace) -> int:
    """Write the records."""
    from mmfsa.serve.bulk import bulk

    gpus = args.gpus
    if gpus is None:
        gpus = float((args.device or '').startswith('cuda'))
    manifest = bulk(
        args.source,
        args.out,
        predict.predictor_settings(args),
        shard_size=args.shard_size,
        column=args.column,
        batch_size=args.batch_size,
        workers=args.workers,
        address=args.address,
        cores=args.threads or 1,
        gpus=gpus,
    )
    sys.stderr.write(
        'shards: {shards}, images: {images}, faces: {faces}, not read: {unread}\n'.format(
            **manifest
        )
    )
    return 1 if manifest['unread'] else 0
