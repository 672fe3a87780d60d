"""Which settings of a test are refused, and what a results file holds."""

import json
from functools import partial

import numpy as np
import pytest

from mmfsa.engine import save_checkpoint, testing
from mmfsa.engine.training import training_runner
from mmfsa.registry import MODELS
from mmfsa.zoo import config_dir, get_config

NAME = 'fsa_none_wo_p1'
CONFIG = config_dir() / f'{NAME}.py'


@pytest.mark.parametrize(
    ('key', 'instead'),
    [
        (
            'test_dataloader.batch_size',
            'test_sets.aflw2000.dataloader.batch_size or '
            'test_sets.biwi.dataloader.batch_size',
        ),
        ('test_evaluator.expected_num', 'test_sets.biwi.evaluator.expected_num'),
        ('test_dataloader', 'test_sets.aflw2000.dataloader or'),
    ],
)
def test_a_setting_that_would_change_nothing_is_refused(tmp_path, key, instead):
    value = {} if key == 'test_dataloader' else 3
    with pytest.raises(ValueError, match=f'{key} would change nothing') as e:
        testing.test(CONFIG, 'a.pth', work_dir=tmp_path, cfg_options={key: value})
    assert instead in str(e.value)


@pytest.mark.parametrize(
    'key', ['val_dataloader.batch_size', 'optim_wrapper.accumulative_counts', 'resume']
)
def test_a_setting_of_a_training_is_refused(tmp_path, key):
    with pytest.raises(ValueError, match=f'{key} would change nothing: a test has no'):
        testing.test(CONFIG, 'a.pth', work_dir=tmp_path, cfg_options={key: 3})


def test_a_config_that_changes_what_is_not_tested(tmp_path):
    config = tmp_path / 'mine.py'
    config.write_text(
        f'_base_ = {str(CONFIG)!r}\n'
        'test_dataloader = dict(dataset=dict(filter_cfg=dict(max_angle=50)))\n'
    )
    message = r'mine.*test_dataloader differs from test_sets\.aflw2000\.dataloader'
    with pytest.raises(ValueError, match=message):
        testing.test(config, 'a.pth', work_dir=tmp_path / 'work')


@pytest.fixture(scope='module')
def checkpoint(tmp_path_factory):
    path = tmp_path_factory.mktemp('weights') / 'model.pth'
    model = MODELS.build(get_config(NAME).model)
    meta = dict(config=f'{NAME}.py')
    save_checkpoint(dict(state_dict=model.state_dict(), meta=meta), path)
    return path


@pytest.mark.parametrize(
    ('options', 'message'),
    [
        (dict(test_set='300w'), r"no test set '300w': --test-set takes aflw2000, biwi"),
        (dict(dump='a.pkl'), '--dump needs one --test-set'),
    ],
)
def test_test_sets_that_are_not_to_be_had(checkpoint, tmp_path, options, message):
    with pytest.raises(ValueError, match=message):
        testing.test(CONFIG, checkpoint, work_dir=tmp_path, **options)


@pytest.mark.parametrize('trains', [False, True])
def test_missing_data_are_missed_without_a_log(trains, checkpoint, tmp_path, capsys):
    run = training_runner if trains else partial(testing.test, weights=checkpoint)
    with pytest.raises(FileNotFoundError, match=r'`mmfsa data .* --out ') as error:
        run(CONFIG, data_root=tmp_path / 'nowhere', work_dir=tmp_path / 'work')
    assert '\n' not in str(error.value)
    assert capsys.readouterr() == ('', '')


def test_results_of_several_test_sets(checkpoint, tmp_path):
    rng = np.random.default_rng(0)
    config = tmp_path / 'two.py'
    loaders = []
    for name in 'ab':
        np.savez(
            tmp_path / f'{name}.npz',
            image=rng.integers(0, 256, (4, 64, 64, 3), np.uint8),
            pose=rng.uniform(-60, 60, (4, 3)),
        )
        loaders.append(
            f"{name}=dict(dataloader=loader('{tmp_path}/{name}.npz'), "
            "evaluator=dict(type='mmfsa.HeadPoseMetric'))"
        )
    config.write_text(f"""
_base_ = {str(CONFIG)!r}
def loader(path):
    return dict(batch_size=4, num_workers=0,
                sampler=dict(type='DefaultSampler', shuffle=False),
                dataset=dict(type='HeadPoseDataset', ann_file=path, test_mode=True,
                             pipeline=[dict(type='PackHeadPoseInputs')]))
test_sets = dict(_delete_=True, {', '.join(loaders)})
del loader
""")
    out = tmp_path / 'results.json'
    results = testing.test(
        config,
        checkpoint,
        out=out,
        predictions=True,
        work_dir=tmp_path / 'work',
        cfg_options={'model.test_cfg': dict(flip_test=True)},
    )
    written = json.loads(out.read_text())
    assert {*written} == {'a', 'b'} == {*results}
    for result in written.values():
        assert result['protocol']['flip_test'] is True
        assert result['protocol']['num_kept'] == len(result['predictions']) == 4
        assert result['checkpoint']['config'] == f'{NAME}.py'
        assert result['config'] == 'two.py'
        assert result['backend'] == 'torch'
    assert written['a']['metrics'] != written['b']['metrics']


@pytest.mark.parametrize(
    ('program', 'written'),
    [
        ('/opt/python/bin/mmfsa', 'mmfsa'),
        ('/site-packages/mmfsa/__main__.py', 'mmfsa'),
        ('tools/test.py', 'tools/test.py'),
    ],
)
def test_a_command_names_no_folder_of_a_machine(monkeypatch, program, written):
    monkeypatch.setattr('sys.argv', [program, 'test', 'nano'])
    assert testing.command() == [written, 'test', 'nano']
