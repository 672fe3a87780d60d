"""Measure the tables of FSA-Net's paper again, row by row, beside what the paper prints.

Rows whose weights or data sets are missing say so, and how to get them. docs/en/table1.md
explains the numbers.
"""

import argparse
from pathlib import Path

from mmfsa.utils.cli import add_allow_partial, add_data_root


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `mmfsa reproduce`."""
    parser.add_argument(
        'table', metavar='TABLE', help='table1, table2, table3, table4, table5 or all'
    )
    add_data_root(parser)
    parser.add_argument(
        '--weights',
        type=Path,
        metavar='FOLDER',
        help="checkpoints named NETWORK.TAG.pth, or the authors' own files, which are "
        'converted into a temporary folder; beside those that mmfsa brings or you keep',
    )
    parser.add_argument(
        '--out',
        type=Path,
        metavar='JSON',
        help='write each measurement there; what it holds is not measured again',
    )
    parser.add_argument(
        '--draw',
        type=Path,
        metavar='PNG',
        help='draw the errors by the yaw of the face',
    )
    add_allow_partial(parser)


def run(args: argparse.Namespace) -> int:
    """Measure, print the tables, and draw what was asked for."""
    from mmfsa.evaluation.error_by_yaw import draw_error_by_yaw
    from mmfsa.evaluation.reproduction import reproduce

    if args.draw and not args.out:
        raise ValueError('--draw needs --out, whose results it draws')
    print(
        reproduce(
            args.table,
            args.data_root,
            args.weights,
            args.out,
            args.allow_partial,
            report=lambda line: print(line, flush=True),
        )
    )
    if args.out:
        print(f'wrote {args.out}')
    if args.draw:
        draw_error_by_yaw(args.out, args.draw)
        print(f'wrote {args.draw}')
    return 0
