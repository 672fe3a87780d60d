"""List the networks, and the weights that come with mmfsa, with licence and size."""

import argparse
import sys
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

CAPTION = (
    'MAE: on 491 faces of AFLW2000, without the flip test. MB: of the ONNX file. ms: a '
    'face on one thread. here: yes: they come with mmfsa; yours: you have converted them; '
    "to convert: `mmfsa convert` reads their authors' file. docs/en/comparison.md has the "
    'details.'
)

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
    names = zoo.list_models(pattern, True)
    if not args.weights:
        names += zoo.list_models(pattern)
    by_name = zoo.entries_by_name()
    if args.all:
        entries = by_name.values()
        others = {name for e in entries for name in (e.name, e.experiment)} - {*names}
        names += [name for name in sorted(others) if fnmatchcase(name, pattern)]
    if not names:
        raise ValueError(f'no model has a name like {args.filter!r}')
    default = zoo.default_model(args.license)
    named = [(name, by_name[name]) for name in names]
    named = [(name, entry) for name, entry in named if entry.permits(args.license)]
    if sys.stdout.isatty():
        _print_table(named, default)
    else:
        for name, entry in named:
            line = [name, *_about(name, entry, default)]
            sys.stdout.write('  '.join(line) + '\n')
    return 0


def _about(name: str, entry: 'Entry', default: str) -> list[str]:
    """The licence and the size of weights; of a network, what is known of others'."""
    here = _here(name, entry, default)
    if not here:
        return []
    if entry.weights:
        size = sum(path.stat().st_size for path in entry.weights.paths)
        here = f'{size / 1e6:.1f} MB' + (', default' if name == default else '')
    return [entry.licence, here]


def _here(name: str, entry: 'Entry', default: str) -> str:
    """Whether the weights are here; nothing where the name is not that of weights."""
    from mmfsa import zoo

    if entry.weights:
        own = 'yes, the default' if name == default else 'yes'
        return own if name == entry.name else ''
    if not entry.licence:
        return ''
    return 'yours' if zoo.kept_path(entry.name).is_file() else 'to convert'


def _print_table(named: list[tuple[str, 'Entry']], default: str) -> None:
    """Names with error, size, time and licence; what is not measured stays empty."""
    from rich.console import Console
    from rich.table import Table

    from mmfsa.zoo.measured import measured

    table = Table('model', caption=CAPTION, caption_justify='left')
    for head in ('MAE [°]', 'MB', 'ms'):
        table.add_column(head, justify='right')
    table.add_column('licence of the weights')
    table.add_column('here')
    numbers = measured(entry.name for _, entry in named)
    for name, entry in named:
        mae, megabytes, milliseconds = numbers[entry.name]
        here = _here(name, entry, default)
        table.add_row(
            name,
            f'{mae:.2f}' if mae and (here or name == entry.name) else '',
            f'{megabytes:.1f}' if megabytes else '',
            f'{milliseconds:.2f}' if milliseconds else '',
            entry.licence if here else '',
            here,
        )
    Console().print(table)
