"""Results side by side, beside the paper's rows and other methods'.

    python tools/analysis_tools/compare.py A.json B.json [...] [--out comparison.md]

Numbered notes say which rows do not compare with the others: those with a part of the
test set, of another protocol, or trained on other data.
"""

import argparse
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from pathlib import Path

import mmengine
from _results import PROTOCOL, Result, read_results

from mmfsa.evaluation.tables import format_table
from mmfsa.utils.cli import clear_errors
from mmfsa.utils.files import replacing, write_json
from mmfsa.zoo import config_dir

LITERATURE = Path(__file__).with_name('literature.yml')
METAFILE = 'configs/metafile.yml'
ANGLES = 'yaw', 'pitch', 'roll'
COLUMNS = *ANGLES, 'MAE', 'geodesic_mean'
PRINTED = {'Yaw': 'yaw', 'Pitch': 'pitch', 'Roll': 'roll', 'MAE': 'MAE'}


@dataclass
class Row:
    """One model on one test set.

    Attributes:
        name: Of the model.
        source: Where the numbers come from.
        errors: In degrees, by name; what is unknown is not in it.
        text: The errors as they are printed.
        faces: Number of faces, where known.
        notes: What a reader must know before comparing the row.
    """

    name: str
    source: str
    errors: dict[str, float]
    text: dict[str, str]
    faces: int | None = None
    notes: list[str] = field(default_factory=list)


@dataclass
class Table:
    """The rows of one test set, and the protocol that rows without a note share."""

    test_set: str
    protocol: dict
    rows: list[Row]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument('results', nargs='+', type=Path, metavar='RESULTS')
    parser.add_argument('--out', type=Path, metavar='FILE', help='.md or .json')
    args = parser.parse_args()
    with clear_errors():
        if args.out and args.out.suffix not in ('.md', '.json'):
            raise ValueError(f'--out {args.out}: must end in .md or .json')
        tables = compare(read_results(args.results))
        text = '\n\n'.join(map(to_markdown, tables))
        print(text)
        if args.out and args.out.suffix == '.json':
            write_json([asdict(table) for table in tables], args.out)
        elif args.out:
            with replacing(args.out) as temporary:
                temporary.write_text(text + '\n')
    if args.out:
        print(f'\nwrote {args.out}')


def compare(results: list[Result]) -> list[Table]:
    """A table for each of the literature's test sets, or other data set, in results."""
    literature = mmengine.load(LITERATURE)
    paper = mmengine.load(config_dir().parent / METAFILE)['Models']
    trained_on = {m['Name']: m['Metadata']['Training Data'] for m in paper}
    groups = defaultdict(list)
    for result in results:
        groups[find_test_set(result, literature['Test Sets'])].append(result)

    tables = []
    for test_set, group in groups.items():
        stated = literature['Test Sets'].get(test_set, {})
        protocol = group[0].protocol | stated.get('Protocol', {})
        rows = [result_row(r, protocol, stated, trained_on) for r in group]
        rows += printed_rows([*paper, *literature['Models']], test_set)
        tables.append(Table(test_set, protocol, rows))
    return tables


def find_test_set(result: Result, test_sets: dict) -> str:
    """The literature's test set that a result belongs to, or its own data set."""
    for name, test_set in test_sets.items():
        protocol = test_set['Protocol']
        same_data = protocol['dataset'] == result.protocol['dataset']
        is_split = result.protocol['split'] is not None
        if same_data and is_split == (protocol['split'] is not None):
            return name
    return result.protocol['dataset']


def result_row(
    result: Result, protocol: dict, stated: dict, trained_on: dict[str, str]
) -> Row:
    """A result's row; its notes say where it differs from `protocol`."""
    notes = []
    kept = result.protocol['num_kept']
    expected = stated.get('Protocol', {}).get('num_kept', result.num_expected)
    if expected not in (None, kept):
        notes.append(f'partial: {kept} of {expected} faces')
    for name in PROTOCOL:
        if name == 'num_kept' and expected is not None:
            continue
        value, others = result.protocol[name], protocol[name]
        if value != others:
            notes.append(f'another protocol: {name} is {value}, not {others}')
    if stated and result.model not in trained_on:
        notes.append(f'{result.model} is not in {METAFILE}: trained on what?')
    elif stated and trained_on[result.model] != stated['Training Data']:
        data = trained_on[result.model], stated['Training Data']
        notes.append('trained on {}, not on {}'.format(*data))
    errors = {name: result.metrics[name] for name in COLUMNS if name in result.metrics}
    text = {name: f'{error:.2f}' for name, error in errors.items()}
    return Row(result.name, 'measured', errors, text, kept, notes)


def printed_rows(models: list[dict], test_set: str) -> Iterator[Row]:
    """What the paper's tables say about models on a test set."""
    for model in models:
        for result in model.get('Results', []):
            if result['Dataset'] != test_set or 'Table' not in result['Source']:
                continue
            text = {
                # The paper's own rows are printed with two decimals.
                PRINTED[name]: value if isinstance(value, str) else f'{value:.2f}'
                for name, value in result['Metrics'].items()
            }
            errors = {name: float(value) for name, value in text.items()}
            source = f'FSA-Net paper, {result["Source"]}'
            yield Row(model['Name'], source, errors, text, notes=slip(text))


def slip(text: dict[str, str]) -> list[str]:
    """Say so when a printed mean is not that of its angles, rounding apart."""
    if not {*ANGLES, 'MAE'} <= set(text):
        return []
    value = {name: Decimal(number) for name, number in text.items()}
    rounding = {
        name: Decimal((0, (5,), number.as_tuple().exponent - 1))
        for name, number in value.items()
    }
    mean = sum(value[angle] for angle in ANGLES) / 3
    allowed = sum(rounding[angle] for angle in ANGLES) / 3 + rounding['MAE']
    if abs(mean - value['MAE']) <= allowed:
        return []
    return [f'as printed; the mean of its angles is {mean:.2f}']


def to_markdown(table: Table) -> str:
    notes = list(dict.fromkeys(note for row in table.rows for note in row.notes))
    lines = [
        [
            row.name,
            '' if row.faces is None else str(row.faces),
            *(row.text.get(name, '') for name in COLUMNS),
            row.source,
            ' '.join(f'[{notes.index(note) + 1}]' for note in row.notes),
        ]
        for row in table.rows
    ]
    protocol = [
        (name, 'none' if value is None else str(value))
        for name, value in table.protocol.items()
    ]
    parts = [
        f'# {table.test_set}',
        format_table(['protocol', ''], protocol),
        format_table(['model', 'faces', *COLUMNS, 'source', 'notes'], lines),
        '\n'.join(f'{i}. {note}' for i, note in enumerate(notes, 1)),
    ]
    if any(row.source != 'measured' for row in table.rows):
        parts.append(
            'Rows of the paper are as printed. Other methods had boxes and crops of '
            'their own.'
        )
    return '\n\n'.join(filter(None, parts))


if __name__ == '__main__':
    main()
