"""Slips in configs: each is one line that names the file, the key and the nearest name."""

from pathlib import Path

import pytest
from mmengine import Config

from mmfsa.cli import main
from mmfsa.registry import MODELS
from mmfsa.utils.configs import build_part, explained, load_config
from mmfsa.zoo import config_dir, find_model

HEAD = "model = dict(head=dict(type='Rotatoin6DHead', _delete_=True))"
BASE = "_base_ = 'mmfsa::fsa_caps_1x1_p1.py'\n"


@pytest.fixture
def write(tmp_path):
    """Writes a config, and returns its path."""

    def write(text, name='own.py'):
        (tmp_path / name).write_text(text)
        return tmp_path / name

    return write


@pytest.fixture
def checkpoint():
    return find_model('fsa_caps_1x1.synthetic')[1]


def test_bases_of_mmfsa_need_no_path(write):
    own = load_config(write(BASE + 'new = 1'))
    assert own.new == 1
    whole = Config.fromfile(config_dir() / 'fsa_caps_1x1_p1.py')
    assert {k: v for k, v in own.items() if k != 'new'} == dict(whole)


@pytest.mark.parametrize(
    ('text', 'message'),
    [
        ('a = (1', r'own\.py:1: .*never closed'),
        ('a = 1\nb = c', r"own\.py:2: name 'c' is not defined"),
        (
            "_base_ = 'mmfsa::_base_/synth.py'\na = [\n    _base_.loda]",
            r"own\.py:3: _base_ has no 'loda': did you mean load\?",
        ),
        ("_base_ = 'other.py'", r'own\.py: .*other\.py'),
        (
            "custom_imports = dict(imports=['no_such'])",
            r'own\.py: .*no_such.*PYTHONPATH',
        ),
    ],
)
def test_a_file_that_does_not_run(write, text, message):
    with pytest.raises((ValueError, OSError, ImportError), match=message):
        load_config(write(text))


def test_the_base_with_the_slip_is_named(write):
    write('a = (1', 'other.py')
    with pytest.raises(ValueError, match=r'other\.py:1: '):
        load_config(write("_base_ = './other.py'"))


def test_there_is_no_such_config(tmp_path):
    with pytest.raises(FileNotFoundError, match='there is no config'):
        load_config(tmp_path / 'none.py')


@pytest.mark.parametrize(
    ('text', 'message'),
    [
        (
            HEAD,
            r"own\.py: model\.head: there is no type 'Rotatoin6DHead': did you mean R",
        ),
        (
            'model = dict(heda=1)',
            r"own\.py: model takes no 'heda': did you mean head\?",
        ),
        (
            'model = dict(neck=dict(scoring=dict(types=1)))',
            r"own\.py: model\.neck\.scoring takes no 'types': did you mean type\?",
        ),
        (
            "model = dict(inputs=dict(crop=dict(box='landmark68')))",
            r"own\.py: model: CropRule: box must be one of .*'landmarks68'",
        ),
        (
            "model = dict(neck=dict(_delete_=True, type='FSANeck'))",
            r'own\.py: model\.neck: FSANeck is missing 1 required .*aggregation',
        ),
    ],
)
def test_a_part_that_can_not_be_built(write, text, message):
    with pytest.raises(ValueError, match=message):
        build_part(load_config(write(BASE + text)), 'model', MODELS)


def test_other_errors_pass_as_they_are():
    cfg = Config(dict(model=dict(type='ReLU')))
    with pytest.raises(TypeError, match='not of the config'), explained(cfg):
        raise TypeError("f() got an unexpected keyword argument 'a': not of the config")


DATA = """
data = dict(
    type='HeadPoseDataset', ann_file='index.json', pipeline=[
        dict(type='LoadImageFromFile'), dict(type='CropFace'),
        dict(type='PackHeadPoseInputs')])
train_dataloader = val_dataloader = dict(
    batch_size=2, num_workers=0, persistent_workers=False,
    dataset=dict(data, _delete_=True))
train_cfg = dict(max_epochs=1)
"""


@pytest.mark.parametrize(
    ('text', 'message'),
    [
        (
            "custom_hooks = [dict(type='EMAHok')]",
            "custom_hooks.0: there is no type 'EM",
        ),
        (
            'optim_wrapper = dict(optimizer=dict(lrr=1))',
            "takes no 'lrr': did you mean lr?",
        ),
        (
            "optim_wrapper = dict(optimizer=dict(type='Adan'))",
            "optim_wrapper.optimizer: there is no type 'Adan': did you mean Adam?",
        ),
        (
            'train_cfg = dict(max_epoch=1)',
            "train_cfg takes no 'max_epoch': did you mean",
        ),
        (
            "param_scheduler = dict(_delete_=True, type='MultiStepLRR')",
            "there is no type 'MultiStepLRR': did you mean MultiStepLR?",
        ),
        (
            "data['cach'] = True\nval_dataloader = dict(train_dataloader, dataset=data)",
            "takes no 'cach': did you mean cache?",
        ),
        (
            "data['pipeline'][1]['padd'] = 1\ntrain_dataloader['dataset'].update(data)",
            ": CropRule has no 'padd'",
        ),
        (
            "val_evaluator = dict(type='Metrik')",
            "val_evaluator: there is no type 'Metrik'",
        ),
        (
            'default_hooks = dict(checkpoint=dict(interva=1))',
            'did you mean interval?',
        ),
        ('model = dict(head=None)', 'a part must be a dict with a type, but one is'),
        (
            'model = dict(backbone=dict(_delete_=True, a=1))',
            'model.backbone has no type',
        ),
        ('model = 3', 'a part must be a dict with a type'),
    ],
)
def test_slips_in_a_training(text, message, write_index, write, capsys, monkeypatch):
    monkeypatch.chdir(write_index())
    config = str(write(f'{BASE}{DATA}{text}'))
    assert main(['train', config]) == 2
    error = capsys.readouterr().err.splitlines()[-1]
    assert error.startswith(f'mmfsa: {config}: ') and message in error


@pytest.mark.parametrize('verb', ['train', 'test', 'export', 'predict'])
def test_every_verb_has_the_line(
    verb, write, checkpoint, tmp_path, capsys, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    Path('a.jpg').touch()
    config = str(write(BASE + HEAD))
    arguments = dict(
        train=[config],
        test=[config, checkpoint],
        export=[config, checkpoint, 'a.onnx'],
        predict=['a.jpg', '--trust-config', '--model', config, '--weights', checkpoint],
    )
    assert main([verb, *map(str, arguments[verb])]) == 2
    error = capsys.readouterr().err.splitlines()[-1]
    assert error.startswith(f'mmfsa: {config}: model.head: there is no type')


@pytest.mark.parametrize(
    ('option', 'message'),
    [
        ('foo', 'foo: give KEY=VALUE'),
        ('model.foo=1', "model takes no 'foo'"),
        ('modle.foo=1', "has no 'modle': did you mean model?"),
        (
            'train_dataloader.batchsize=8',
            "train_dataloader takes no 'batchsize': did you mean batch_size?",
        ),
    ],
)
def test_settings_of_the_command_line(option, message, write_index, write, capsys):
    folder = write_index()
    config = write(f"""{BASE}
train_dataloader = dict(dataset=dict(
    _delete_=True, type='HeadPoseDataset', ann_file={str(folder / 'index.json')!r},
    pipeline=[dict(type='LoadImageFromFile'), dict(type='CropFace'),
              dict(type='PackHeadPoseInputs')]))""")
    try:
        status = main(
            [
                *('train', str(config), '--work-dir', str(folder / 'w')),
                *('--no-validate', '--cfg-options', option),
            ]
        )
    except SystemExit as e:
        status = e.code
    assert status == 2
    assert message in capsys.readouterr().err.splitlines()[-1]


@pytest.mark.parametrize('verb', ['train', 'test', 'export', 'benchmark', 'predict'])
def test_a_method_without_a_network(
    verb, write, checkpoint, tmp_path, capsys, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    Path('a.jpg').touch()
    config = str(write("method = dict(type='LandmarkMethod')"))
    arguments = dict(
        train=[config],
        test=[config, checkpoint],
        export=[config, checkpoint, 'a.onnx'],
        benchmark=[config, checkpoint],
        predict=['a.jpg', '--trust-config', '--model', config, '--weights', checkpoint],
    )
    assert main([verb, *map(str, arguments[verb])]) == 2
    error = capsys.readouterr().err
    assert f'mmfsa: {config} describes a method without a network' in error
    assert len(error.splitlines()) == 1


def test_a_method_without_test_sets(write, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path('a.jpg').touch()
    config = str(write("method = dict(type='LandmarkMethod')"))
    assert main(['test', config]) == 2
    assert f'{config} has no test sets' in capsys.readouterr().err
