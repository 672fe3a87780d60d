"""The paper's tables again: what is printed, what mmfsa measures, and why where it can't.

`configs/reproduce.yml` says what stands for each row. A measurement keeps the errors of the
same rotations in two orders of angles: that of the labels, and the published one
(:func:`mmfsa.structures.matrix_to_zyx_pose`).
"""

import json
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import numpy as np

from mmfsa.engine.runs import config_dicts, set_data_root
from mmfsa.engine.testing import test as score
from mmfsa.methods.estimator import loader
from mmfsa.structures import ANGLES
from mmfsa.utils.configs import load_config
from mmfsa.utils.files import sha256, temporary_folder, write_json
from mmfsa.utils.reading import one_line, read_data, read_json
from mmfsa.zoo import config_dir, experiments, metafile_models
from mmfsa.zoo.config_files import read_config
from mmfsa.zoo.weights_folder import WeightsFolder, needs

from .comparison import PRINTED, is_printed, literature
from .faces import known_faces
from .head_pose_metric import pose_errors, read_in_order
from .tables import format_table

LABELS = 'labels'  # stands for a method that answers with the labels
RIGHT = 'xyz'
READ = (RIGHT, 'as_published')
COLUMNS = *ANGLES, 'MAE'
# Edges in degrees of the label's yaw.
YAW_EDGES = (-99, -75, -60, -45, -30, -15, 0, 15, 30, 45, 60, 75, 99)
DIGITS = 4  # of the numbers that are written
HEADER = (
    *('row', 'printed', 'measured with', 'faces', 'as published', 'read right'),
    'remarks',
)


@dataclass(frozen=True)
class Measure:
    """What is measured for a row.

    Attributes:
        experiment: Its name; `labels` for the labels themselves.
        options: Settings in place of the experiment's.
        file: The authors' file, where the metafile does not name it.
        about: What it has in common with the paper's row; empty: it is the same network.
    """

    experiment: str
    options: dict = field(default_factory=dict)
    file: str | None = None
    about: str = ''

    def key(self, dataset: str) -> str:
        """The name of its result in a results file."""
        options = json.dumps(self.options, sort_keys=True) if self.options else ''
        return ' '.join(filter(None, [self.experiment, dataset, options]))


@dataclass(frozen=True)
class Row:
    """A row of a table.

    Attributes:
        name: As the paper calls it.
        source: A name in literature.yml, or an experiment.
        printed: The printed errors by name, digit for digit; empty where the paper has
            no such row.
        order: How its authors read the angles, one of :data:`mmfsa.structures.ORDERS`.
        measures: What is measured for it.
        why: Why the paper's own method can't be measured; empty where it can.
    """

    name: str
    source: str
    printed: dict[str, str]
    order: str
    measures: tuple[Measure, ...]
    why: str


@dataclass(frozen=True)
class Table:
    """A table of the paper, or the part of it that is of one test set.

    Attributes:
        name: `table1` to `table5`.
        title: What it is about.
        dataset: The name of the test set in experiments.
        rows: In the paper's order, then those that mmfsa adds.
    """

    name: str
    title: str
    dataset: str
    rows: tuple[Row, ...]


def read_tables(name: str = 'all') -> list[Table]:
    """The tables of configs/reproduce.yml with their printed values.

    Args:
        name: `table1` to `table5`, or `all`.

    Raises:
        ValueError: There is no such table, or a row that should be printed is not.
    """
    stated = _stated()
    names = table_names()
    if name not in ('all', *names):
        raise ValueError(f'there is no {name}: there are {", ".join(names)} and all')
    models = [*metafile_models(), *literature()['Models']]
    known = {*experiments(), LABELS}
    return [
        Table(
            part['Table'],
            part['Title'],
            part['Dataset'],
            tuple(
                row
                for one in part['Rows']
                for row in [_row(one, part['Test Set'], models, known)]
                if row.printed or row.measures
            ),
        )
        for part in stated
        if name in ('all', part['Table'])
    ]


def table_names() -> list[str]:
    """The names of the tables in configs/reproduce.yml."""
    return list(dict.fromkeys(part['Table'] for part in _stated()))


@lru_cache
def _stated() -> list[dict]:
    return read_data(config_dir() / 'reproduce.yml')


def _row(stated: dict, test_set: str, models: list[dict], known: set[str]) -> Row:
    source = stated['Row']
    measured = stated.get('Measured', [dict(Experiment=source)])
    absent = [m['Experiment'] for m in measured if m['Experiment'] not in known]
    why = f'this version has no {", ".join(absent)}' if absent else ''
    return Row(
        name=stated.get('Called', source),
        source=source,
        printed={}
        if stated.get('Beside')
        else printed_errors(source, test_set, models),
        order=stated.get('Order', RIGHT),
        measures=tuple(
            Measure(
                one['Experiment'],
                one.get('Options', {}),
                one.get('File'),
                one.get('Is', ''),
            )
            for one in measured
            if one['Experiment'] in known
        ),
        why=stated.get('Why', why),
    )


def printed_errors(name: str, test_set: str, models: list[dict]) -> dict[str, str]:
    """What FSA-Net's paper prints for a method on a test set, digit for digit.

    Args:
        name: A name in literature.yml, or an experiment.
        test_set: The test set in the words of these files.
        models: The entries of these files.

    Raises:
        ValueError: Nothing is printed.
    """
    for model in models:
        for result in model.get('Results', []) if model['Name'] == name else []:
            if result['Dataset'] == test_set and is_printed(result):
                return {
                    PRINTED[angle]: value if isinstance(value, str) else f'{value:.2f}'
                    for angle, value in result['Metrics'].items()
                    if angle in PRINTED
                }
    raise ValueError(f'configs/reproduce.yml: nothing is printed of {name}, {test_set}')


def reproduce(
    name: str = 'all',
    data_root: str | Path | None = None,
    weights: str | Path | None = None,
    out: Path | None = None,
    partial: bool = False,
    report: Callable[[str], None] = print,
) -> str:
    """Measure what can be measured of a table, beside what the paper prints.

    Args:
        name: `table1` to `table5`, or `all`.
        data_root: The folder of all data sets; `data` by default.
        weights: A folder of weights, see :class:`~mmfsa.zoo.weights_folder.WeightsFolder`.
        out: A results file (JSON). It is written after every measurement, and what it has
            is not measured again, unless the weights or the data set have changed.
        partial: Work with a part of a data set.
        report: Gets a line for each thing that happens.

    Returns:
        The tables in Markdown.

    Raises:
        FileNotFoundError: There is no such folder of weights.
        OSError: The results can't be written.
        ValueError: There is no such table, `out` is no results file, weights are damaged,
            or a data set is a part and `partial` is False.
    """
    tables = read_tables(name)
    results = read_reproduction(out) if out and out.is_file() else {}
    wanted = {
        measure.key(table.dataset): (measure, table.dataset)
        for table in tables
        for row in table.rows
        for measure in row.measures
    }
    why: dict[str, str] = {}
    with WeightsFolder(weights) as folder:
        for i, (key, (measure, dataset)) in enumerate(wanted.items(), 1):
            progress = f'[{i}/{len(wanted)}] {key}'
            try:
                known, checkpoint, about = _look_up(
                    measure, dataset, results.get(key), folder, data_root
                )
                if known:
                    report(f'{progress}: known')
                    continue
                report(progress)
                found = _measure(measure, dataset, checkpoint, data_root, partial)
            except (ImportError, FileNotFoundError, NotImplementedError) as error:
                why[key] = str(error).partition('\n')[0]
                if key not in results:
                    report(f'{progress}: not measured, {why[key]}')
                continue
            results[key] = found | about
            if out:
                write_json(results, out)
    return '\n\n'.join(
        f'# {table.name}: {table.title}\n\n'
        + format_table(HEADER, lines(table, results, why))
        for table in tables
    )


def read_reproduction(path: Path) -> dict[str, dict]:
    """The measurements that :func:`reproduce` wrote, by their keys.

    Raises:
        ValueError: The file is something else.
    """
    try:
        results = read_json(path)
        for result in results.values():
            _ = [result[order]['MAE'] for order in READ], result['num']
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(
            f'{path} is not what `mmfsa reproduce --out` writes ({one_line(error)}): give '
            'another file'
        ) from error
    return results


def _look_up(
    measure: Measure,
    dataset: str,
    result: dict | None,
    folder: WeightsFolder,
    data_root: str | Path | None,
) -> tuple[bool, Path | None, dict]:
    """Whether a result is still true, the weights, and what identifies a result."""
    problems, checkpoint, about = [], None, {}
    try:
        about['data_sha256'] = sha256(index_of(measure, dataset, data_root))
    except FileNotFoundError as error:
        problems.append(str(error))
    if measure.experiment != LABELS:
        try:
            checkpoint = folder.find(measure.experiment, measure.file)
        except FileNotFoundError as error:
            problems.insert(0, str(error))
        if checkpoint:
            about['weights_sha256'] = _tensors_of(checkpoint)
    if result and all(result.get(key) == value for key, value in about.items()):
        return True, checkpoint, about
    if problems:
        raise FileNotFoundError('; '.join(problems))
    return False, checkpoint, about


def _tensors_of(checkpoint: Path) -> str:
    """What identifies weights: of a converted file the SHA-256 of its source."""
    if checkpoint.suffix != '.pth':
        return sha256(checkpoint)
    from mmfsa.engine import load_checkpoint

    meta = load_checkpoint(checkpoint).get('meta', {})
    return meta.get('source_sha256') or sha256(checkpoint)


def index_of(measure: Measure, dataset: str, data_root: str | Path | None) -> Path:
    """The index of the faces that an experiment is tested on.

    Raises:
        FileNotFoundError: It is not there, or the experiment has no such test set.
    """
    if measure.experiment == LABELS:
        path = Path(data_root or 'data') / dataset / 'index.json'
    else:
        cfg = read_config(measure.experiment)
        set_data_root(cfg, data_root)
        test_sets = cfg.get('test_sets') or {}
        if dataset not in test_sets:
            raise FileNotFoundError(
                f'{measure.experiment} has no test set {dataset}, where it would need '
                'landmarks or boxes that the data set does not have'
            )
        (found,) = (
            node
            for node in config_dicts(test_sets[dataset]['dataloader'])
            if node.get('data_root')
        )
        path = Path(found['data_root'], found.get('ann_file') or 'index.json')
    if not path.is_file():
        raise FileNotFoundError(
            f'{path} is missing: `mmfsa data {dataset}` makes it of the data set'
        )
    return path


def _measure(
    measure: Measure,
    dataset: str,
    checkpoint: Path | None,
    data_root: str | Path | None,
    partial: bool,
) -> dict:
    """Score an experiment as `mmfsa test` does."""
    if measure.experiment == LABELS:
        gt = labels(Path(data_root or 'data') / dataset)
        return summary(gt, gt)
    config = experiments()[measure.experiment]
    with temporary_folder() as work_dir:
        settings = dict(
            log_level=logging.getLevelName(logging.ERROR),
            # mmengine's loggers live on under the run's name, with files in its folder.
            experiment_name=Path(work_dir).name,
        )
        (result,) = score(
            config,
            checkpoint,
            dataset,
            predictions=True,
            load=loader(load_config(config), checkpoint),
            work_dir=work_dir,
            data_root=data_root,
            cfg_options=settings | measure.options,
            partial=partial,
        ).values()
    card = result['protocol']
    if card['order'] != RIGHT:
        raise ValueError(
            f'configs/reproduce.yml: {measure.experiment} reads {card["order"]}: give it '
            'the option method.order=xyz'
        )
    faces = [face for face in result['predictions'] if face['pred'] is not None]
    pred, gt = (np.array([face[key] for face in faces]) for key in ('pred', 'gt'))
    about = {
        key: card[key] for key in ('num_kept', 'num_expected', 'box_source', 'crop')
    }
    return summary(pred, gt) | about | dict(versions=result['versions'])


def labels(data_root: Path) -> np.ndarray:
    """The labels (N, 3) of the faces within ±99°, without their images."""
    return np.array([face['gt_pose'] for face in known_faces(data_root)])


def summary(pred: np.ndarray, gt: np.ndarray) -> dict:
    """The errors of poses in both orders, over all faces and by the label's yaw.

    Args:
        pred: (N, 3) predicted yaw, pitch, roll in degrees, read right.
        gt: (N, 3) labelled yaw, pitch, roll in degrees.

    Returns:
        `num` faces; for each of :data:`READ` the errors by name; `by_yaw`, the same for
        each bin of :data:`YAW_EDGES`, None where a bin has no face.
    """
    read = {
        order: pred if order == RIGHT else read_in_order(pred, order) for order in READ
    }
    bins = np.digitize(gt[:, 0], YAW_EDGES[1:-1])

    def errors(chosen: np.ndarray) -> dict:
        found = {order: pose_errors(read[order][chosen], gt[chosen]) for order in READ}
        return dict(
            num=int(np.count_nonzero(chosen)),
            **{
                order: {name: round(values[name], DIGITS) for name in COLUMNS}
                for order, values in found.items()
            },
        )

    chosen = [bins == i for i in range(len(YAW_EDGES) - 1)]
    return errors(np.full(len(gt), True)) | dict(
        by_yaw=[errors(one) if one.any() else None for one in chosen]
    )


def lines(
    table: Table, results: dict[str, dict], why: dict[str, str] | None = None
) -> Iterable[list[str]]:
    """The cells of a table, in the columns of :data:`HEADER`.

    Args:
        table: The table.
        results: See :func:`read_reproduction`.
        why: Why what is not in the results was not measured, by the same keys; by
            default what a measurement would need.
    """
    at_hand = any(f'{key} '.split()[1] == table.dataset for key in results)
    for row in table.rows:
        printed = cell(row.printed)
        if not row.measures:
            yield [row.name, printed, '', '', '', '', row.why]
        for i, measure in enumerate(row.measures):
            key = measure.key(table.dataset)
            result = results.get(key)
            remarks = [measure.about, '' if i else row.why]
            numbers = ['', '', '']
            if result is None:
                remarks.append(why[key] if why else _lacking(measure, at_hand))
            else:
                numbers = [
                    str(result['num']),
                    cell(result[row.order]),
                    'the same' if row.order == RIGHT else cell(result[RIGHT]),
                ]
                kept = result.get('num_kept', result['num'])
                if kept != result['num']:
                    remarks.append(f'no pose in {kept - result["num"]} of {kept} faces')
            yield [
                '' if i else row.name,
                '' if i else printed,
                measure.experiment,
                *numbers,
                '; '.join(filter(None, remarks)),
            ]


def _lacking(measure: Measure, at_hand: bool) -> str:
    """Why a results file has no such measurement, as far as the metafiles know.

    Args:
        measure: What is not in it.
        at_hand: Whether it has other measurements on the same test set.
    """
    lacks = [] if at_hand else ['the data set was not at hand']
    lacks += filter(None, [needs(measure.experiment, measure.file)])
    return f'not measured: {"; ".join(lacks)}'


def cell(errors: dict[str, float | str]) -> str:
    """Errors in a cell: yaw / pitch / roll → MAE, what is known of them.

    >>> cell(dict(yaw=3, pitch=2.5, roll='2.6', MAE=2.7))
    '3.00 / 2.50 / 2.6 → 2.70'
    """
    text = {k: v if isinstance(v, str) else f'{v:.2f}' for k, v in errors.items()}
    angles = ' / '.join(text.get(angle, '-') for angle in ANGLES if len(text) > 1)
    return ' → '.join(filter(None, [angles, text.get('MAE')]))
