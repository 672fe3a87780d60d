"""The same weights under several protocols: the tool's file, and the tables made of it."""

import json

import pytest

from mmfsa.engine import save_checkpoint
from mmfsa.evaluation.protocols import PROTOCOLS
from mmfsa.inputs.pipelines import BOXES, PIPELINES
from mmfsa.registry import MODELS
from mmfsa.zoo import get_config, tables

NAME = 'fsa_none_wo_p1'


def test_every_box_and_every_pipeline_is_measured():
    chosen = PROTOCOLS.values()
    assert {c.get('pipeline') for c in chosen} == {None, *PIPELINES}
    assert {c.get('box') for c in chosen} == {None, *BOXES} - {'pt2d_raw'}


def test_the_tool_writes_what_the_tables_read(
    write_index, run_tool, tmp_path, monkeypatch
):
    def change(index):
        index['metainfo'] |= dict(dataset='AFLW2000', box_kind='visible')
        index['data_list'][0]['yaw'] = 70
        for entry in index['data_list']:
            _, y1, x2, _ = entry['face_box']
            entry['boxes'] = dict(pt2d_raw=[-1, y1, x2, 122])

    folder = write_index(change)
    (tmp_path / 'root').mkdir()
    (tmp_path / 'root/aflw2000').symlink_to(folder)
    cfg = get_config(NAME)
    weights = tmp_path / 'network.pth'
    state = MODELS.build(cfg.model).state_dict()
    save_checkpoint(dict(state_dict=state, meta=dict(config=f'{NAME}.py')), weights)
    # Each protocol takes a second.
    few = {name: PROTOCOLS[name] for name in ('own', 'hopenet')}
    monkeypatch.setattr('mmfsa.evaluation.protocols.PROTOCOLS', few)
    out = tmp_path / 'docs/logs/protocols/mine.json'
    printed = run_tool(
        *('analysis_tools/measure_protocols.py', cfg.filename, weights),
        *('--data-root', tmp_path / 'root', '--allow-partial', '--out', out),
        *('--work-dir', tmp_path / 'work', '--cfg-options'),
        'test_sets.aflw2000.dataloader.num_workers=0',
        'test_sets.aflw2000.dataloader.persistent_workers=False',
    )
    results = json.loads(out.read_text())
    assert [*results] == ['own', 'hopenet']
    maes = [result['metrics']['head_pose/MAE'] for result in results.values()]
    assert maes[0] != maes[1]
    assert all(f'{mae:.3f}' in printed for mae in maes)
    assert results['hopenet']['table']['yaw 60-90']['MAE'] > 0

    monkeypatch.setattr(tables, 'ROOT', tmp_path)
    header, _, row = tables.protocols_table().splitlines()
    assert header == '| weights | own | hopenet |'
    assert row == f'| `mine` | {maes[0]:.2f} | {maes[1]:.2f} |'
    row = tables.protocol_metrics_table().splitlines()[2]
    assert row.startswith(f'| `mine` | {maes[0]:.2f} | ')
    # A share of faces below 1 stands beside its error.
    results['own']['metrics']['head_pose/coverage'] = 0.5
    out.write_text(json.dumps(results))
    assert f'{maes[0]:.2f} (50.0%)' in tables.protocols_table()


@pytest.mark.parametrize('name', tables.protocols())
def test_what_is_committed_is_of_every_protocol(name):
    assert [*tables.protocols()[name]] == [*PROTOCOLS]
