"""Write the tables of models in README.md, README_zh-CN.md and docs/en.

    python tools/analysis_tools/make_tables.py [--check] [FILE ...]

A table stands between `<!-- table: NAME -->` and `<!-- end of table -->`, and is made from
configs/metafile.yml, configs/latency.json (tools/deployment/benchmark_zoo.py), the models
themselves, the index of packaged weights, tools/analysis_tools/literature.yml and, for
ablations, what tools/test.py wrote to docs/logs/NAME/*.json; nothing in it is typed by
hand. With --check nothing is written, and stale files are an error.
"""

import argparse
import os
import re
import sys
from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import cache, partial
from pathlib import Path

import mmengine
from _results import read_results
from compare import LITERATURE, METAFILE, PRINTED, slip
from get_flops import PAPER_MB, measure
from mmengine import Config

from mmfsa import zoo
from mmfsa.utils.cli import clear_errors
from mmfsa.utils.files import replacing

ROOT = Path(__file__).resolve().parents[2]
TABLE = re.compile(
    r'(?<=<!-- table: )(?P<name>[\w-]+)( -->\n).*?(?=<!-- end of table -->)', re.DOTALL
)
LATENCY = 'configs/latency.json'
NUMBERS = ('parameters', 'multiply-adds', 'MB', 'MB in the paper', 'ms')
SCORES = ('model', 'paper, 1969 faces', 'yaw', 'pitch', 'roll', 'MAE, 491 faces')
SCORES_ZH = ('模型', '论文，1969 张人脸', 'yaw', 'pitch', 'roll', 'MAE，491 张人脸')  # noqa: RUF001
QUARTER = 'AFLW2000, every fourth image'
BASE = 'base'  # the run that an ablation's others differ from


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        'files', nargs='*', type=Path, metavar='FILE', help='all of them by default'
    )
    parser.add_argument('--check', action='store_true', help='write nothing')
    args = parser.parse_args()
    stale = []
    for path in args.files or [*ROOT.glob('README*.md'), *ROOT.glob('docs/en/*.md')]:
        text = path.read_text()
        with clear_errors():
            fresh = fill(text, path)
        if fresh == text:
            continue
        stale.append(str(path))
        if not args.check:
            with replacing(path) as temporary:
                temporary.write_text(fresh)
    if args.check and stale:
        sys.exit(f'error: stale tables: run {sys.argv[0]}, which changes {stale}')
    print('\n'.join(stale) or 'all tables are up to date')


def fill(text: str, path: Path) -> str:
    """The text of a file with its tables made anew.

    Raises:
        ValueError: A table has a name that is not in `TABLES`.
    """

    root = os.path.relpath(ROOT, path.resolve().parent)
    prefix = '' if root == '.' else f'{root}/'

    def replace(match: re.Match) -> str:
        name = match['name']
        if name not in TABLES:
            raise ValueError(f'{path}: no table {name!r}; there are {sorted(TABLES)}')
        content = re.sub(r'\]\((?=configs/|docs/)', f']({prefix}', TABLES[name]())
        return f'{name}{match[2]}\n{content}\n\n'

    return TABLE.sub(replace, text)


def scores_table(header: Iterable[str] = SCORES) -> str:
    """The authors' weights on a part of AFLW2000, beside what the paper prints."""
    rows = []
    for model in models():
        measured = result(model, QUARTER)
        if 'Converted From' in model and measured:
            rows.append(
                [
                    config_link(model),
                    number(mae(model, 'AFLW2000')),
                    *(number(measured['Metrics'][name]) for name in PRINTED),
                ]
            )
    return table(header, rows)


def sizes_table() -> str:
    """Size and work of every network of the paper."""
    rows = [
        [zoo.network_of(model['Name']), *size(model)]
        for model in models()
        if model['Name'].endswith('_p1')
    ]
    return table(['model', *NUMBERS], rows)


def zoo_table() -> str:
    """All models, a table for each training set."""
    groups: dict[str, list] = {}
    for model in models():
        groups.setdefault(model['Metadata']['Training Data'], []).append(model)
    parts = []
    for training_data, group in groups.items():
        test_sets = list(
            dict.fromkeys(r['Dataset'] for m in group for r in m.get('Results', []))
        )
        rows = [
            [
                config_link(model),
                *size(model),
                *(number(mae(model, test_set)) for test_set in test_sets),
            ]
            for model in group
        ]
        header = ['model', *NUMBERS, *(f'MAE, {test_set}' for test_set in test_sets)]
        parts += [f'### Trained on {training_data}', table(header, rows)]
    return '\n\n'.join(parts)


def results_table() -> str:
    """Every score with its source."""
    rows = [
        [model['Name'], entry['Dataset'], *errors(entry), source(entry)]
        for model in models()
        for entry in model.get('Results', [])
    ]
    return table(['model', 'test set', *PRINTED.values(), 'source'], rows)


def literature_table() -> str:
    """What the paper prints about other methods."""
    rows = [
        [method['Name'], entry['Dataset'], *errors(entry), source(entry)]
        for method in mmengine.load(LITERATURE)['Models']
        for entry in method['Results']
    ]
    return table(['method', 'test set', *PRINTED.values(), 'source'], rows)


def packaged_table() -> str:
    """The weights that come with mmfsa."""
    packaged = zoo.packaged_weights()
    if not packaged:
        return 'None in this version.'
    by_name = {model['Name']: model for model in models()}
    rows = [
        [
            f'`{name}`',
            config_link(by_name[weights.config]),
            f'[log]({log})' if log else '',
            f'{sum(path.stat().st_size for path in weights.paths) / 1e6:.2f}',
            weights.licence,
            weights.training_data,
            '<br>'.join(f'`{digest}`' for digest in weights.files.values()),
        ]
        for name, weights in packaged.items()
        for log in [by_name[weights.config].get('Training Log')]
    ]
    header = ['name', 'config', 'log', 'MB', 'licence', 'trained on', 'SHA-256']
    return table(header, rows)


def authors_table() -> str:
    """How to convert the authors' weights."""
    rows = []
    for model in models():
        origin = model.get('Converted From', {})
        checkpoint = f'{zoo.network_of(model["Name"])}.pth'
        if 'Weights' in origin:
            file = origin['Weights']
            tool = f'keras_to_mmfsa.py {file} {checkpoint}'
        elif origin:
            file = 'made of the others'
            sources = ' '.join(f'{name[:-3]}.pth' for name in origin['Models'])
            tool = f'fuse_checkpoints.py {model["Config"]} {sources} {checkpoint}'
        else:
            continue
        command = f'`python tools/model_converters/{tool}`'
        rows.append([config_link(model), file, command])
    return table(['model', "the authors' file", 'command'], rows)


def ablation_table(name: str) -> str:
    """One thing changed at a time: the runs of configs/recipes/NAME that were scored.

    What was changed is what the config's leading comment says in its first sentence.
    """
    scores = {
        path.stem: {result.test_set: result.metrics['MAE'] for result in results}
        for path in sorted((ROOT / 'docs/logs' / name).glob('*.json'))
        for results in [read_results([path])]
    }
    test_sets = list(dict.fromkeys(t for score in scores.values() for t in score))
    rows = []
    for run, score in sorted(scores.items(), key=lambda item: item[0] != BASE):
        config = f'configs/recipes/{name}/{run}.py'
        comment = re.match(r'(#.*\n)+', (ROOT / config).read_text())[0]
        sentence = re.sub(r'\n?# ', ' ', comment).strip().partition('. ')[0]
        rows.append(
            [
                'nothing' if run == BASE else sentence.rstrip('.'),
                f'[`{run}`]({config})',
                *(number(score.get(test_set)) for test_set in test_sets),
            ]
        )
    return table(['changed', 'run', *(f'MAE, {t}' for t in test_sets)], rows)


TABLES: dict[str, Callable[[], str]] = {
    'scores': scores_table,
    'scores-zh': partial(scores_table, SCORES_ZH),
    'sizes': sizes_table,
    'zoo': zoo_table,
    'results': results_table,
    'literature': literature_table,
    'packaged': packaged_table,
    'authors': authors_table,
    **{
        folder.name: partial(ablation_table, folder.name)
        for folder in (ROOT / 'docs/logs').glob('*_factors')
    },
}


@cache
def models() -> list[dict]:
    return mmengine.load(ROOT / METAFILE)['Models']


@cache
def latency() -> dict[str, float]:
    """Milliseconds a face, by the names of networks."""
    return mmengine.load(ROOT / LATENCY)['milliseconds']


def config_link(model: dict) -> str:
    """A link to the model's config; `fill` makes it one from the file."""
    return f'[`{model["Name"]}`]({model["Config"]})'


def size(model: dict) -> list[str]:
    """The cells of `NUMBERS`."""
    parameters, multiply_adds, megabytes = measured_size(model['Config'])
    network = zoo.network_of(model['Name'])
    paper = PAPER_MB.get(network)
    return [
        parameters,
        multiply_adds,
        megabytes,
        '' if paper is None else str(paper),
        number(latency().get(network)),
    ]


@cache
def measured_size(config: str) -> tuple[str, str, str]:
    row = measure(Config.fromfile(ROOT / config).model, (64, 64))
    return (
        f'{row["parameters"]:,}',
        f'{row["multiply_adds"] / 1e6:.1f} M',
        f'{row["bytes"] / 1e6:.2f}',
    )


def result(model: dict, test_set: str) -> dict | None:
    found = [r for r in model.get('Results', []) if r['Dataset'] == test_set]
    return found[0] if found else None


def mae(model: dict, test_set: str) -> float | None:
    entry = result(model, test_set)
    return entry and entry['Metrics']['MAE']


def errors(entry: dict) -> list[str]:
    return [number(entry['Metrics'].get(name)) for name in PRINTED]


def source(entry: dict) -> str:
    """Where a score comes from: a table of the paper, or a command."""
    if 'Table' not in entry['Source']:
        return f'`{entry["Source"]}`'
    text = {PRINTED[name]: number(value) for name, value in entry['Metrics'].items()}
    return '; '.join([f'the paper, {entry["Source"]}', *slip(text)])


def number(value: float | str | None) -> str:
    """Two decimals; what is quoted as text stays as it is, what is unknown is empty."""
    if value is None:
        return ''
    return value if isinstance(value, str) else f'{Decimal(str(value)):.2f}'


def table(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Markdown, not padded: a changed cell changes one line."""
    header = list(header)
    lines = [header, ['---'] * len(header), *rows]
    return '\n'.join(f'| {" | ".join(cells)} |' for cells in lines)


if __name__ == '__main__':
    main()
