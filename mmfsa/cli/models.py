"""List the networks, and the weights that come with mmfsa, with licence and size."""

import argparse
import sys


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `mmfsa models`."""
    parser.add_argument(
        'filter', nargs='?', default='', help='a part of the name, or a pattern with *'
    )
    parser.add_argument('--weights', action='store_true', help='list weights only')


def run(args: argparse.Namespace) -> int:
    """Print a table; plain lines where the output is no terminal."""
    from mmfsa import zoo

    pattern = args.filter if '*' in args.filter else f'*{args.filter}*'
    brought = zoo.packaged_weights()
    rows = [_row(name, brought) for name in zoo.list_models(pattern, weights=True)]
    if not args.weights:
        rows += [[name] for name in zoo.list_models(pattern)]
    if not rows:
        raise ValueError(f'no model has a name like {args.filter!r}')
    if sys.stdout.isatty():
        _print_table(rows)
    else:
        sys.stdout.writelines('  '.join(row) + '\n' for row in rows)
    return 0


def _row(name: str, brought: dict) -> list[str]:
    weights = brought[name]
    size = sum(path.stat().st_size for path in weights.paths)
    return [name, weights.licence, f'{size / 1e6:.1f} MB']


def _print_table(rows: list[list[str]]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table('model', 'licence of the weights', 'size of the weights')
    for row in rows:
        table.add_row(*row)
    Console().print(table)
