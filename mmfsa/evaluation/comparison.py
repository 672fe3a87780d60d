"""Results side by side, beside printed rows of the literature.

Notes say which rows do not compare with the others: those with a part of the test set, of
another protocol, or trained on other data.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from pathlib import Path

from mmfsa.structures import ANGLES
from mmfsa.utils.files import replacing, write_json
from mmfsa.utils.reading import read_data
from mmfsa.zoo import config_dir, metafile_models

from .results import PROTOCOL, Result
from .tables import format_table

COLUMNS = *ANGLES, 'MAE', 'geodesic_mean'
PRINTED = {'Yaw': 'yaw', 'Pitch': 'pitch', 'Roll': 'roll', 'MAE': 'MAE'}


@dataclass
class Row:
    """One model on one test set.

    Attributes:
        name: The model's name.
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


def literature() -> dict:
    """What papers print: `Test Sets` with their protocols, and the `Models` of others."""
    return read_data(config_dir() / 'literature.yml')


def write_comparison(results: list[Result], out: Path | None = None) -> str:
    """Compare results, as text.

    Args:
        results: See :func:`~mmfsa.evaluation.results.read_results`.
        out: A file for the tables, too: Markdown (.md) or JSON (.json).

    Returns:
        The tables in Markdown.

    Raises:
        ValueError: If `out` has another suffix.
    """
    if out and out.suffix not in ('.md', '.json'):
        raise ValueError(f'--out {out}: must end in .md or .json')
    tables = compare(results)
    text = '\n\n'.join(map(to_markdown, tables))
    if out and out.suffix == '.json':
        write_json([asdict(table) for table in tables], out)
    elif out:
        with replacing(out) as temporary:
            temporary.write_text(text + '\n')
    return text


def compare(results: list[Result]) -> list[Table]:
    """A table for each of the literature's test sets, or other data set, in results."""
    printed = literature()
    own = metafile_models()
    trained_on = {m['Name']: m['Metadata']['Training Data'] for m in own}
    groups = defaultdict(list)
    for result in results:
        groups[find_test_set(result, printed['Test Sets'])].append(result)

    tables = []
    for test_set, group in groups.items():
        stated = printed['Test Sets'].get(test_set, {})
        protocol = group[0].protocol | stated.get('Protocol', {})
        rows = [result_row(r, protocol, stated, trained_on) for r in group]
        rows += printed_rows([*own, *printed['Models']], test_set)
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
        notes.append(f'{result.model} is in no metafile.yml: trained on what?')
    elif stated and trained_on[result.model] != stated['Training Data']:
        data = trained_on[result.model], stated['Training Data']
        notes.append('trained on {}, not on {}'.format(*data))
    errors = {name: result.metrics[name] for name in COLUMNS if name in result.metrics}
    text = {name: f'{error:.2f}' for name, error in errors.items()}
    return Row(result.name, 'measured', errors, text, kept, notes)


def printed_rows(models: list[dict], test_set: str) -> Iterator[Row]:
    """What the tables of papers say about models on a test set."""
    for model in models:
        for result in model.get('Results', []):
            if result['Dataset'] != test_set or not is_printed(result):
                continue
            text = {
                # Rows that a metafile quotes are printed with two decimals.
                PRINTED[name]: value if isinstance(value, str) else f'{value:.2f}'
                for name, value in result['Metrics'].items()
                if name in PRINTED
            }
            errors = {name: float(value) for name, value in text.items()}
            source = printed_source(model, result)
            yield Row(model['Name'], source, errors, text, notes=slip(text))


def is_printed(result: dict) -> bool:
    """Whether a result is quoted, and was not measured by a command of mmfsa."""
    return not result['Source'].startswith(('python ', 'mmfsa '))


def printed_source(model: dict, result: dict) -> str:
    """Where a result is quoted from, such as `the FSA-Net paper, Table 1`.

    A source in words is its own. A table by its number is of the paper of the model's
    collection, unless the entry names a `Paper`.
    """
    source = result['Source']
    if not source.startswith('Table '):
        return source
    return f'the {model.get("Paper") or model["In Collection"]} paper, {source}'


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
            'Rows of papers are as printed. Other methods had boxes and crops of their '
            'own.'
        )
    return '\n\n'.join(filter(None, parts))
