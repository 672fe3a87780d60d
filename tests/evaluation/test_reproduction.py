"""The paper's tables again: all of its rows, on made-up faces, and what is missing."""

import json
import shutil

import cv2
import numpy as np
import pytest

from mmfsa.cli import main
from mmfsa.engine import save_checkpoint
from mmfsa.evaluation import reproduction
from mmfsa.evaluation.comparison import literature
from mmfsa.evaluation.error_by_yaw import draw_error_by_yaw
from mmfsa.evaluation.reproduction import (
    Measure,
    Row,
    Table,
    cell,
    labels,
    lines,
    read_tables,
    reproduce,
    summary,
)
from mmfsa.registry import MODELS
from mmfsa.structures import matrix_to_zyx_pose, pose_to_matrix
from mmfsa.zoo import get_config, metafile_models, tables

NETWORK = 'fsa_none_wo_p1'


def printed_in_the_paper():
    """(name, test set, number of the table) of all that files quote from the paper."""
    for model in [*metafile_models(), *literature()['Models']]:
        is_papers = model.get('Paper') == 'FSA-Net' or model['Name'].endswith(
            ('_p1', '_p2', 'vgg16_biwi')
        )
        for result in model.get('Results', []) if is_papers else []:
            if result['Source'].startswith('Table '):
                yield model['Name'], result['Dataset'], result['Source'][-1]


def test_every_printed_row_is_there():
    found = {
        (row.source, table.name[-1]): row.printed
        for table in read_tables()
        for row in table.rows
    }
    quoted = {(name, number) for name, _, number in printed_in_the_paper()}
    assert len(quoted) > 30
    assert quoted <= {*found}


def test_printed_values_are_digit_for_digit():
    (table,) = read_tables('table1')
    rows = {row.name: row for row in table.rows}
    assert cell(rows['Dlib (68 points)'].printed) == '23.1 / 13.6 / 10.5 → 15.8'
    assert cell(rows['FSA-Caps-Fusion'].printed) == '4.50 / 6.08 / 4.64 → 5.07'
    names = [row.name for row in table.rows if row.printed]
    assert names[:4] == ['Dlib (68 points)', 'FAN (12 points)', 'Landmarks', '3DDFA']
    assert len(names) == 11
    with pytest.raises(
        ValueError, match='there is no table6: there are table1, table2'
    ):
        read_tables('table6')
    with pytest.raises(ValueError, match='nothing is printed of Dlib, AFLW'):
        reproduction.printed_errors('Dlib', 'AFLW', metafile_models())


def test_a_row_that_nothing_stands_for_says_why():
    for table in read_tables():
        for row in table.rows:
            assert row.measures or row.why, row.name


def test_both_orders_of_the_same_rotations():
    gt = np.array([[40.0, -20, 0], [-70, 10, 5], [0, 0, 0]])
    found = summary(gt, gt)
    assert found['num'] == 3
    assert found['xyz']['MAE'] == 0
    expected = np.abs(matrix_to_zyx_pose(pose_to_matrix(gt)) - gt).mean()
    assert found['as_published']['MAE'] == pytest.approx(expected, abs=1e-3)
    bins = [one and one['num'] for one in found['by_yaw']]
    assert sum(filter(None, bins)) == 3
    assert bins.count(1) == 3


def test_a_perfect_rotation_in_the_published_order(shared, run_tool, tmp_path):
    """From the labels of AFLW2000's quarter alone."""
    folder = tmp_path / 'aflw2000'
    run_tool(
        'dataset_converters/aflw2000.py', shared / 'data/AFLW2000', '--out', folder
    )
    gt = labels(folder)
    found = summary(gt, gt)
    assert found['num'] == 491
    assert cell(found['as_published']) == '2.22 / 9.04 / 7.34 → 6.20'


@pytest.fixture
def few(monkeypatch):
    """A table of four rows instead of the paper's."""
    printed = dict(yaw='5.92', pitch='11.86', roll='8.27', MAE='8.65')
    given = Measure('given_pnp', {}, about='weak perspective')
    rows = (
        Row('Landmarks', 'given_pnp', printed, 'as_published', (given,), ''),
        Row('labels', 'labels', {}, 'as_published', (Measure('labels'),), ''),
        Row('network', NETWORK, {}, 'xyz', (Measure(NETWORK),), ''),
        Row('KEPLER', 'KEPLER', dict(MAE='13.9'), 'xyz', (), 'no code was found'),
    )
    table = Table('table1', 'AFLW2000', 'aflw2000', rows)
    monkeypatch.setattr(reproduction, 'read_tables', lambda _='all': [table])
    monkeypatch.setattr('mmfsa.evaluation.error_by_yaw.read_tables', lambda _: [table])
    monkeypatch.setattr(tables, 'read_tables', lambda _: [table])
    score = reproduction.score
    here = {
        f'test_sets.aflw2000.dataloader.{key}': value
        for key, value in dict(num_workers=0, persistent_workers=False).items()
    }

    def score_here(*args, cfg_options, **settings):
        """Without the loader's workers, which take seconds to start."""
        return score(*args, cfg_options=cfg_options | here, **settings)

    monkeypatch.setattr(reproduction, 'score', score_here)
    return table


def save(path, seed=0):
    state = MODELS.build(get_config(NETWORK).model).state_dict()
    state = {
        name: value + seed / 100 if value.ndim else value
        for name, value in state.items()
    }
    save_checkpoint(dict(state_dict=state, meta=dict(config=f'{NETWORK}.py')), path)


def cells(text, row):
    (line,) = (line for line in text.splitlines() if line.startswith(f'| {row} '))
    return [cell.strip() for cell in line.split('|')[1:-1]]


def test_made_up_faces_from_end_to_end(data_root, few, tmp_path, capsys):
    weights, out = tmp_path / 'weights', tmp_path / 'logs/results.json'
    weights.mkdir()
    arguments = ['reproduce', 'table1', '--data-root', str(data_root)]
    arguments += ['--weights', str(weights), '--out', str(out)]
    assert main(arguments) == 2
    assert '--allow-partial' in capsys.readouterr().err

    picture = tmp_path / 'yaw.png'
    arguments += ['--allow-partial']
    assert main([*arguments, '--draw', str(picture)]) == 0
    text = capsys.readouterr().out
    landmarks = cells(text, 'Landmarks')
    assert landmarks[1:4] == ['5.92 / 11.86 / 8.27 → 8.65', 'given_pnp', '4']
    assert float(landmarks[4].split()[-1]) > 1
    assert float(landmarks[5].split()[-1]) < 0.2  # the landmarks are exact
    assert landmarks[6] == 'weak perspective'
    assert cells(text, 'labels')[5].endswith('→ 0.00')
    assert cells(text, 'KEPLER')[1:] == ['13.9', '', '', '', '', 'no code was found']
    assert 'no weights are known: `mmfsa train fsa_none_wo_p1.py`' in text
    assert cv2.imread(str(picture)).shape[0] > 100

    # Now the weights are there: nothing else is measured again.
    before = json.loads(out.read_text())
    assert [*before] == ['given_pnp aflw2000', 'labels aflw2000']
    save(weights / 'fsa_none_wo.300wlp.pth')
    assert main(arguments) == 0
    text = capsys.readouterr().out
    assert text.count(': known') == 2
    assert cells(text, 'network')[3:6:2] == ['4', 'the same']
    after = json.loads(out.read_text())
    assert {key: after[key] for key in before} == before
    # Other weights: their row alone is measured again.
    save(weights / 'fsa_none_wo.300wlp.pth', seed=1)
    assert main(arguments) == 0
    assert capsys.readouterr().out.count(': known') == 2
    changed = json.loads(out.read_text())
    key = f'{NETWORK} aflw2000'
    assert changed[key]['weights_sha256'] != after[key]['weights_sha256']

    # What was measured stays without data and weights.
    shutil.rmtree(weights)
    reported = []
    text = reproduce(data_root=tmp_path / 'none', out=out, report=reported.append)
    assert sum(line.endswith(': known') for line in reported) == 3
    assert cells(text, 'network')[3] == '4'

    logs = tmp_path / 'docs/logs/reproduction'
    logs.mkdir(parents=True)
    shutil.copy(out, logs / 'results.json')
    assert lines(few, changed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tables, 'ROOT', tmp_path)
        assert '| network |  | fsa_none_wo_p1 | 4 |' in tables.reproduced_table(
            'table1'
        )


def test_other_files_are_no_results(data_root, few, tmp_path):
    out = tmp_path / 'results.json'
    out.write_text('{"metrics": {}}')
    with pytest.raises(ValueError, match='is not what `mmfsa reproduce --out` writes'):
        reproduce(data_root=data_root, out=out)
    out.write_text('{}')
    with pytest.raises(ValueError, match='has no result of table1'):
        draw_error_by_yaw(out, tmp_path / 'yaw.png')


def test_missing_data_and_folders_are_said(few, tmp_path):
    reported = []
    reproduce(data_root=tmp_path, report=reported.append)
    missing = f'{tmp_path}/aflw2000/index.json is missing: `mmfsa data aflw2000`'
    assert all(missing in line for line in reported)
    assert len(reported) == 3
    with pytest.raises(FileNotFoundError, match='there is no folder'):
        reproduce(data_root=tmp_path, weights=tmp_path / 'none')


def test_drawing_needs_results(capsys):
    assert main(['reproduce', 'table1', '--draw', 'yaw.png']) == 2
    assert '--draw needs --out' in capsys.readouterr().err
