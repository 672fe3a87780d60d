"""The tables of models in README.md, README_zh-CN.md and docs/en.

A table stands between `<!-- table: NAME -->` and `<!-- end of table -->`. It is made from
the metafiles, configs/benchmark.json (tools/deployment/benchmark_zoo.py), the index of
packaged weights, configs/literature.yml, configs/reproduce.yml, what tools/test.py and
`mmfsa reproduce` wrote to docs/logs/NAME/*.json, and what tools/analysis_tools/search.py
wrote to docs/logs/NAME.json; nothing in it is typed by hand.
"""

import json
import os
import re
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from functools import partial
from pathlib import Path

from mmfsa import zoo
from mmfsa.engine import search
from mmfsa.evaluation.comparison import (
    PRINTED,
    is_printed,
    literature,
    printed_source,
    slip,
)
from mmfsa.evaluation.detector_recall import detector_table
from mmfsa.evaluation.pnp_starts import HEADER as STARTS
from mmfsa.evaluation.pnp_starts import rows as start_rows
from mmfsa.evaluation.reproduction import HEADER as REPRODUCED
from mmfsa.evaluation.reproduction import (
    lines,
    read_reproduction,
    read_tables,
    table_names,
)
from mmfsa.evaluation.results import Result, read_results
from mmfsa.structures import ANGLES
from mmfsa.utils.files import replacing
from mmfsa.utils.reading import read_json

from .measured import QUARTER, benchmark
from .method_comparison import method_rows
from .sizes import HEADER, size_cells

ROOT = zoo.PACKAGE.parent
TABLE = re.compile(
    r'(?<=<!-- table: )(?P<name>[\w-]+)( -->\n).*?(?=<!-- end of table -->)', re.DOTALL
)
NUMBERS = (*HEADER, 'ms')
SCORES = ('model', 'paper, 1969 faces', *ANGLES, 'MAE, 491 faces')
SCORES_ZH = ('模型', '论文，1969 张人脸', *ANGLES, 'MAE，491 张人脸')  # noqa: RUF001
BASE = 'base'  # the run that an ablation's others differ from


def update(paths: Sequence[Path] = (), check: bool = False) -> list[str]:
    """Make the tables of files anew.

    Args:
        paths: Markdown files; by default README*.md and docs/*/*.md of the checkout.
        check: Write nothing.

    Returns:
        The files whose tables are stale, or were.

    Raises:
        ValueError: A table has a name that is not in `TABLES`.
    """
    stale = []
    for path in paths or [*ROOT.glob('README*.md'), *ROOT.glob('docs/*/*.md')]:
        text = path.read_text()
        fresh = fill(text, path)
        if fresh == text:
            continue
        stale.append(str(path))
        if not check:
            with replacing(path) as temporary:
                temporary.write_text(fresh)
    return stale


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
        if is_papers(model) and 'Converted From' in model and measured:
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
        if is_papers(model)
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
        [model['Name'], entry['Dataset'], *errors(entry), source(model, entry)]
        for model in models()
        for entry in model.get('Results', [])
    ]
    return table(['model', 'test set', *PRINTED.values(), 'source'], rows)


def literature_table() -> str:
    """What papers print about methods that are not in the zoo."""
    rows = [
        [
            method['Name'],
            entry['Dataset'],
            *errors(entry),
            '; '.join(filter(None, [source(method, entry), method.get('Status')])),
        ]
        for method in literature()['Models']
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
            command = f'mmfsa convert {file} {checkpoint}'
        elif origin:
            file = 'made of the others'
            sources = ' '.join(
                f'{zoo.network_of(name)}.pth' for name in origin['Models']
            )
            tool = 'python tools/model_converters/fuse_checkpoints.py'
            command = f'{tool} {model["Config"]} {sources} {checkpoint}'
        else:
            continue
        rows.append([config_link(model), file, f'`{command}`'])
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
    rows = [
        [*changed(name, run), *(number(score.get(test_set)) for test_set in test_sets)]
        for run, score in sorted(scores.items(), key=lambda item: item[0] != BASE)
    ]
    return table(['changed', 'run', *(f'MAE, {t}' for t in test_sets)], rows)


def search_table(name: str) -> str:
    """The runs that `tools/analysis_tools/search.py` compared, the best first."""
    runs = read_json(ROOT / f'docs/logs/{name}.json')
    rows = [[*changed(name, run), *cells] for run, cells in search.lines(runs)]
    return table(['changed', 'run', *search.HEADER], rows)


def changed(name: str, run: str) -> tuple[str, str]:
    """What a run of configs/recipes/NAME changed, and where its config is."""
    config = f'configs/recipes/{name}/{run}.py'
    comment = re.match(r'(#.*\n)+', (ROOT / config).read_text())[0]
    sentence = re.sub(r'\n?# ', ' ', comment).strip().partition('. ')[0]
    what = 'nothing' if run == BASE else sentence.rstrip('.')
    return what, f'[`{run}`]({config})'


COMPARISON = (
    *('weights', 'MAE', 'geodesic', 'MAE beyond 60° of yaw', 'input', 'parameters'),
    *('multiply-adds', 'MB', 'ms', 'ms a face of 64', 'published', 'licence'),
)


def comparison_table() -> str:
    """All weights that were scored on the same faces with the same boxes."""
    rows = [
        [
            f'`{row.name}`',
            f'{row.mae:.2f}',
            f'{row.geodesic:.2f}',
            '' if row.profile is None else f'{row.profile:.2f}',
            row.input,
            f'{row.parameters / 1e6:.2f} M',
            f'{row.multiply_adds / 1e6:.0f} M',
            f'{row.megabytes:.1f}',
            f'{row.milliseconds:.2f}',
            f'{row.milliseconds_in_batch:.2f}',
            row.published or '',
            row.licence or 'not known',
        ]
        for row in method_rows()
    ]
    return table(COMPARISON, rows)


def not_scored_table() -> str:
    """The networks of the zoo whose weights nobody can get."""
    scored = {row.network for row in method_rows()}
    rows = []
    for network, measured in benchmark()['networks'].items():
        models_of = [m for m in models() if zoo.network_of(m['Name']) == network]
        printed = next((mae(m, 'AFLW2000') for m in models_of), None)
        if network not in scored:
            rows.append(
                [
                    f'`{network}`',
                    measured['input'],
                    f'{measured["parameters"] / 1e6:.2f} M',
                    f'{measured["multiply_adds"] / 1e6:.0f} M',
                    number(measured['milliseconds']),
                    number(measured['milliseconds_of_64'] / 64),
                    number(printed),
                ]
            )
    header = ['network', *COMPARISON[4:7], *COMPARISON[8:10], 'published']
    return table(header, rows)


def protocols_table() -> str:
    """The MAE of the same weights under each protocol, with the boxes of each kind."""
    rows = []
    for name, results in protocols().items():
        cells = []
        for result in results.values():
            mae, coverage = (result.metrics[key] for key in ('MAE', 'coverage'))
            share = '' if coverage == 1 else f' ({coverage:.1%})'
            cells.append(f'{mae:.2f}{share}')
        rows.append([f'`{name}`', *cells])
    header = next(iter(protocols().values()), {})
    return table(['weights', *header], rows)


def protocol_metrics_table() -> str:
    """What the choice of the metric makes of the same poses."""
    rows = []
    for name, results in protocols().items():
        own, hopenet = results['own'], results['hopenet']
        metrics = [
            *(own.metrics[key] for key in ('MAE', 'folded_MAE', 'geodesic_mean')),
            *(own.table['yaw 60-90'][key] for key in ('MAE', 'geodesic_mean')),
            *(hopenet.metrics[key] for key in ('MAE', 'folded_MAE')),
        ]
        rows.append([f'`{name}`', *(f'{metric:.2f}' for metric in metrics)])
    header = (
        *('weights', 'own: MAE', 'folded MAE', 'geodesic'),
        *('own, yaw beyond 60°: MAE', 'geodesic', 'hopenet: MAE', 'folded MAE'),
    )
    return table(header, rows)


def protocols() -> dict[str, dict[str, Result]]:
    """What tools/analysis_tools/measure_protocols.py wrote: weights, protocol, result."""
    found = {}
    for path in sorted((ROOT / 'docs/logs/protocols').glob('*.json')):
        names = json.loads(path.read_text())
        found[path.stem] = dict(zip(names, read_results([path]), strict=True))
    return found


def reproduced_table(name: str) -> str:
    """A table of FSA-Net's paper: printed, measured, and why not."""
    results = read_reproduction(ROOT / 'docs/logs/reproduction/results.json')
    return '\n\n'.join(
        f'**{part.title}**\n\n{table(REPRODUCED, lines(part, results))}'
        for part in read_tables(name)
    )


def pnp_starts_table() -> str:
    """What becomes of faces by the start of a PnP solver."""
    path = ROOT / 'docs/logs/reproduction/pnp_starts.json'
    return table(STARTS, start_rows(json.loads(path.read_text())['starts']))


def detectors_table(path: Path) -> str:
    """What detectors find by the faces' size."""
    return detector_table(json.loads(path.read_text())['detectors'])


TABLES: dict[str, Callable[[], str]] = {
    'scores': scores_table,
    'scores-zh': partial(scores_table, SCORES_ZH),
    'sizes': sizes_table,
    'zoo': zoo_table,
    'results': results_table,
    'literature': literature_table,
    'comparison': comparison_table,
    'not-scored': not_scored_table,
    'protocols': protocols_table,
    'protocol-metrics': protocol_metrics_table,
    'pnp-starts': pnp_starts_table,
    **{
        f'detectors-{path.stem}': partial(detectors_table, path)
        for path in (ROOT / 'docs/logs/detectors').glob('*.json')
    },
    **{f'paper-{name}': partial(reproduced_table, name) for name in table_names()},
    'packaged': packaged_table,
    'authors': authors_table,
    **{
        folder.name: partial(ablation_table, folder.name)
        for folder in (ROOT / 'docs/logs').glob('*_factors')
    },
    **{
        path.stem: partial(search_table, path.stem)
        for path in (ROOT / 'docs/logs').glob('*_factors.json')
    },
}


def is_papers(model: dict) -> bool:
    """Whether a model is FSA-Net's paper's, of protocol 1."""
    return model['Name'].endswith('_p1')


def models() -> list[dict]:
    """The metafiles' entries of all experiments."""
    return zoo.metafile_models()


def config_link(model: dict) -> str:
    """A link to the model's config; `fill` makes it one from the file."""
    return f'[`{model["Name"]}`]({model["Config"]})'


def size(model: dict) -> list[str]:
    """The cells of `NUMBERS`."""
    network = zoo.network_of(model['Name'])
    measured = benchmark()['networks'].get(network)
    if measured is None:  # a method without a network
        return [''] * len(NUMBERS)
    return [*size_cells(network, measured), number(measured['milliseconds'])]


def result(model: dict, test_set: str) -> dict | None:
    """The metafile's result on a test set."""
    found = [r for r in model.get('Results', []) if r['Dataset'] == test_set]
    return found[0] if found else None


def mae(model: dict, test_set: str) -> float | None:
    """The metafile's mean absolute error on a test set, in degrees."""
    entry = result(model, test_set)
    return entry and entry['Metrics']['MAE']


def errors(entry: dict) -> list[str]:
    """The cells of a result's errors."""
    return [number(entry['Metrics'].get(name)) for name in PRINTED]


def source(model: dict, entry: dict) -> str:
    """Where a score comes from: a table of a paper, or a command."""
    if not is_printed(entry):
        return f'`{entry["Source"]}`'
    text = {
        PRINTED[name]: number(value)
        for name, value in entry['Metrics'].items()
        if name in PRINTED
    }
    return '; '.join([printed_source(model, entry), *slip(text)])


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
