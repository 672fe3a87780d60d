"""List the networks, and the weights that come with mmfsa, with licence and size."""

import argparse
import sys
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mmfsa.zoo import Entry


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `mmfsa models`."""
    parser.add_argument(
        'filter', nargs='?', default='', help='a part of the name, or a pattern with *'
    )
    lists = parser.add_mutually_exclusive_group()
    lists.add_argument('--weights', action='store_true', help='list weights only')
    lists.add_argument(
        '--all',
        action='store_true',
        help='list every name: also those without weights, and the experiments',
    )
    parser.add_argument(
        '--license',
        choices=['any', 'free'],
        default='any',
        help='free: only what may be used for anything',
    )


def run(args: argparse.Namespace) -> int:
    """Print a table; plain lines where the output is no terminal."""
    from mmfsa import zoo

    pattern = args.filter if '*' in args.filter else f'*{args.filter}*'
    named = [(name, zoo.resolve(name)) for name in zoo.list_models(pattern, True)]
    if not args.weights:
        named += [(name, zoo.resolve(name)) for name in zoo.list_models(pattern)]
    if args.all:
        known = {name for name, _ in named}
        others = {name for e in zoo.entries() for name in (e.name, e.experiment)}
        named += [
            (name, zoo.resolve(name))
            for name in sorted(others - known)
            if fnmatchcase(name, pattern)
        ]
    if not named:
        raise ValueError(f'no model has a name like {args.filter!r}')
    default = zoo.default_model(args.license)
    rows = [
        [name, *_about(name, entry, name == default)]
        for name, entry in named
        if entry.permits(args.license)
    ]
    if sys.stdout.isatty():
        _print_table(rows)
    else:
        sys.stdout.writelines('  '.join(row) + '\n' for row in rows)
    return 0


def _about(name: str, entry: 'Entry', default: bool) -> list[str]:
    """The licence and the size of weights; of a network, what is known of others'."""
    from mmfsa import zoo

    if entry.weights and name == entry.name:
        size = sum(path.stat().st_size for path in entry.weights.paths)
        words = f'{size / 1e6:.1f} MB{", default" if default else ""}'
        return [entry.licence, words]
    if entry.weights or not entry.licence:
        return []
    kept = zoo.kept_path(entry.name)
    return [entry.licence, 'yours' if kept.is_file() else 'to convert']


def _print_table(rows: list[list[str]]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table('model', 'licence of the weights', 'size of the weights')
    for row in rows:
        table.add_row(*row)
    Console().print(table)
