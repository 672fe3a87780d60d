"""From the data sets' own layouts to a score, on a few real images of each."""

import json

import pytest


@pytest.fixture(scope='module')
def data_root(shared, run_tool, tmp_path_factory):
    root = tmp_path_factory.mktemp('data')
    for name, source in (('300wlp', '300W_LP'), ('biwi', 'biwi')):
        run_tool(
            f'dataset_converters/{name}.py',
            shared / 'data' / source,
            '--out',
            root / name,
        )
    return root


def train_and_test(run_tool, config, data_root, work_dir, train=(), test=()):
    common = ['--data-root', data_root, '--work-dir', work_dir, '--allow-partial']
    options = ['train_cfg.max_epochs=2', 'train_dataloader.batch_size=2']
    run_tool('train.py', config, *common, '--cfg-options', *options, *train)
    out = work_dir / 'results.json'
    run_tool(
        'test.py',
        config,
        work_dir / 'epoch_2.pth',
        *common,
        '--test-set',
        'biwi',
        '--out',
        out,
        *test,
    )
    return json.loads(out.read_text())


def test_protocol_1(data_root, run_tool, configs, tmp_path):
    results = train_and_test(
        run_tool, configs / 'fsa_caps_1x1_p1.py', data_root, tmp_path
    )
    assert results['protocol']['num_kept'] == 10
    assert results['protocol']['num_expected'] == 13219
    assert results['checkpoint']['config'] == 'fsa_caps_1x1_p1.py'
    assert 0 < results['metrics']['head_pose/MAE'] < 60


def test_protocol_2(data_root, run_tool, configs, tmp_path):
    """All frames at hand are of sequence 01, which the split has among its train part."""
    part = 'dataset.split.part=train'
    results = train_and_test(
        run_tool,
        configs / 'fsa_caps_1x1_p2.py',
        data_root,
        tmp_path,
        train=[f'val_dataloader.{part}'],
        test=['--cfg-options', f'test_sets.biwi.dataloader.{part}'],
    )
    assert results['protocol']['num_kept'] == 10
    assert results['protocol']['split']['file'] == 'biwi_70_30'


def test_a_split_without_its_sequences_is_refused(
    data_root, run_tool, configs, tmp_path
):
    message = run_tool(
        'train.py',
        configs / 'fsa_caps_1x1_p2.py',
        '--data-root',
        data_root,
        '--work-dir',
        tmp_path,
        fails=True,
    )
    assert "['03', '04'" in message
    assert '--allow-partial' in message


def test_missing_data_say_what_to_do(run_tool, configs, tmp_path):
    message = run_tool(
        'train.py',
        configs / 'fsa_caps_1x1_p1.py',
        '--data-root',
        tmp_path / 'nowhere',
        '--work-dir',
        tmp_path / 'work',
        fails=True,
    )
    assert str(tmp_path / 'nowhere/300wlp') in message
    assert 'mmfsa data 300wlp ' in message
    assert '\n' not in message
    assert 'fsa_caps_1x1_synth.py' in message
