"""Networks of a folder train alike, one after another; what is done is not done again."""

import json

import pytest

from mmfsa.deploy.timing import measure_networks
from mmfsa.engine.search import search
from mmfsa.utils.configs import load_config


@pytest.fixture
def folder(experiment, tmp_path):
    folder = tmp_path / 'factors'
    folder.mkdir()
    (folder / 'base.py').write_text(f"""
_base_ = {str(experiment)!r}
train_cfg = dict(max_epochs=1, val_interval=1)
param_scheduler = dict(_delete_=True, type='LinearLR', start_factor=1.0)
val_cfg = dict()
val_dataloader = dict(
    batch_size=4,
    num_workers=0,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(_base_.dataset, pipeline=[dict(type='PackHeadPoseInputs')]),
)
val_evaluator = dict(type='HeadPoseMetric')
""")
    (folder / 'seed.py').write_text("_base_ = './base.py'\nrandomness = dict(seed=1)\n")
    return folder


def test_each_network_trains_once(folder, tmp_path):
    out, work = tmp_path / 'out.json', tmp_path / 'work'
    text = search(folder, out, work, measure_networks, on_device=False)
    rows = json.loads(out.read_text())
    assert [*rows] == ['base', 'seed']
    assert rows['base']['MAE'] != rows['seed']['MAE']
    for name, row in rows.items():
        assert f'{row["MAE"]:.2f}' in text and name in text
        assert row['parameters'] > 1000 and row['milliseconds'] > 0
    assert (work / 'seed/epoch_1.pth').is_file()
    (work / 'seed/epoch_1.pth').unlink()
    assert search(folder, out, work, measure_networks, on_device=False) == text
    assert not (work / 'seed/epoch_1.pth').is_file()


def test_some_of_them(folder, tmp_path):
    out = tmp_path / 'out.json'
    how = dict(on_device=False, only=['base'])
    text = search(folder, out, tmp_path / 'work', measure_networks, **how)
    assert [*json.loads(out.read_text())] == ['base'] and 'seed' not in text
    with pytest.raises(ValueError, match='factors has no wider'):
        search(folder, out, tmp_path / 'work', measure_networks, only=['wider'])


def test_what_does_not_compare(folder, tmp_path):
    longer = folder / 'longer.py'
    longer.write_text("_base_ = './base.py'\ntrain_cfg = dict(max_epochs=2)\n")
    assert load_config(longer).train_cfg.max_epochs == 2
    with pytest.raises(ValueError, match=r'longer\.py has another train_cfg'):
        search(folder, tmp_path / 'out.json', tmp_path, measure_networks)
    (folder / 'base.py').rename(folder / 'first.py')
    longer.unlink()
    (folder / 'seed.py').unlink()
    with pytest.raises(ValueError, match=r'no base\.py'):
        search(folder, tmp_path / 'out.json', tmp_path, measure_networks)
