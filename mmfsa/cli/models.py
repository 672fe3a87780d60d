"""List the networks, and the weights that come with mmfsa, with licence and size."""

import argparse
import sys
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

CAPTION = (
    'MAE: on 491 faces of AFLW2000, without the flip test. MB: of the ONNX file. ms: a '
    'face on one thread. docs/en/comparison.md has the details.'
)
HERE = {'': '', 'yours': 'yours', 'to convert': 'to convert'}

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
    named = [(name, entry) for name, entry in named if entry.permits(args.license)]
    if sys.stdout.isatty():
        _print_table(named, default)
    else:
        rows = [[name, *_about(name, entry, name == default)] for name, entry in named]
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


def _print_table(named: list[tuple[str, 'Entry']], default: str) -> None:
    """Names with error, size, time and licence; what is not measured stays empty."""
    from rich.console import Console
    from rich.table import Table

    from mmfsa.zoo.sizes import measured

    table = Table('model', caption=CAPTION, caption_justify='left')
    for head in ('MAE [°]', 'MB', 'ms'):
        table.add_column(head, justify='right')
    table.add_column('licence of the weights')
    table.add_column('here')
    for name, entry in named:
        is_weights = name == entry.name
        mae, megabytes, milliseconds = measured(entry.name)
        licence, where = _about(name, entry, name == default) or ('', '')
        table.add_row(
            name,
            f'{mae:.2f}' if mae and (is_weights or licence) else '',
            f'{megabytes:.1f}' if megabytes else '',
            f'{milliseconds:.2f}' if milliseconds else '',
            licence,
            HERE.get(where, 'yes, the default' if 'default' in where else 'yes'),
        )
    Console().print(table)
