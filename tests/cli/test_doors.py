"""A config's code runs only if asked for; errors name their cause, without a traceback."""

import sys
import tempfile

import pytest
import torch
from mmengine.logging import MMLogger

import mmfsa.cli as cli
from mmfsa.cli import main
from mmfsa.engine import save_checkpoint
from mmfsa.engine.training import training_runner
from mmfsa.utils.configs import load_config
from mmfsa.zoo import config_dir, find_model

NAME = 'fsa_caps_1x1.synthetic'
CONFIG = str(config_dir() / 'fsa_caps_1x1_p1.py')


@pytest.fixture
def fails(capsys, tmp_path, monkeypatch):
    """Runs the command, which must fail; returns its last line on standard error."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / 'a.jpg').touch()
    monkeypatch.setattr(MMLogger, '_instance_dict', {})  # theirs write to other tests

    def run(*arguments, status=2):
        assert main([*map(str, arguments)]) == status
        error = capsys.readouterr().err
        assert 'Traceback' not in error
        return error.splitlines()[-1]

    return run


@pytest.mark.parametrize('option', ['--model', '--detector'])
@pytest.mark.parametrize('suffix', ['.py', '.json'])
def test_a_config_is_run_where_it_is_trusted(
    fails, tmp_path, monkeypatch, option, suffix
):
    config = tmp_path / f'own{suffix}'
    config.write_text("open('ran', 'w')\n1 / 0" if suffix == '.py' else '{"a": ')
    named = f'mmdet:{config}' if option == '--detector' else config
    arguments = 'predict', 'a.jpg', '--device', 'cpu', option, named
    error = fails(*arguments)
    assert 'can run any code' in error and '--trust-config' in error
    assert not (tmp_path / 'ran').exists()
    if option == '--model':
        assert 'can run any code' not in fails(*arguments, '--trust-config')
        monkeypatch.setenv('MMFSA_CONFIGS', str(tmp_path))
        assert f'{config}' in fails(*arguments)
        assert (tmp_path / 'ran').exists() == (suffix == '.py')


def test_a_model_of_several_is_looked_at_too(fails, tmp_path):
    (tmp_path / 'own.py').touch()
    error = fails('predict', 'a.jpg', '--model', f'{NAME}+own.py')
    assert 'own.py is a config' in error


def test_the_cause_of_a_failed_import_is_told(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    config = tmp_path / 'own.py'
    config.write_text("custom_imports = dict(imports=['own_part'])\n")
    with pytest.raises(
        ImportError, match=r"No module named 'own_part'.*set PYTHONPATH"
    ):
        load_config(config)
    (tmp_path / 'own_part.py').write_text('from mmfsa import nothing_at_all\n')
    with pytest.raises(ImportError, match='nothing_at_all') as error:
        load_config(config)
    assert 'PYTHONPATH' not in str(error.value)
    (tmp_path / 'own_part.py').write_text('import no_such_package\n')
    sys.modules.pop('own_part', None)
    with pytest.raises(ImportError, match='no_such_package'):
        load_config(config)


def test_an_error_of_the_package_is_one_line(fails, monkeypatch):
    class Broken:
        add_arguments = staticmethod(lambda _: None)

        @staticmethod
        def run(_):
            try:
                {}['a']
            except KeyError as error:
                raise AttributeError('no b') from error

    monkeypatch.setattr(cli, 'load_verb', lambda _: Broken)
    error = fails('doctor', status=70)
    assert error.startswith('mmfsa: this is an error of mmfsa: AttributeError: no b')
    assert '(because: no a)' in error and '--traceback' in error


def test_what_needs_no_write_works_without_a_temporary_folder(monkeypatch, tmp_path):
    def full(*_, **__):
        raise FileNotFoundError('no usable temporary directory')

    monkeypatch.setattr('mmfsa.utils.configs.gettempdir', full)
    monkeypatch.setattr(tempfile, 'tempdir', None)
    assert load_config(CONFIG).model
    assert tempfile.tempdir == '/dev/shm'
    monkeypatch.setattr('mmfsa.utils.configs.os.access', lambda *_: False)
    with pytest.raises(OSError, match='set TMPDIR'):
        load_config(CONFIG)
    monkeypatch.undo()
    monkeypatch.setattr(tempfile, 'tempdir', str(tmp_path / 'gone'))
    with pytest.raises(OSError, match='set TMPDIR'):
        load_config(CONFIG)


def test_no_training_goes_on_from_weights_alone(tmp_path):
    weights = find_model(NAME)[1]
    with pytest.raises(ValueError, match=r'holds weights alone.*load_from='):
        training_runner(CONFIG, resume=weights, work_dir=tmp_path)
    odd = tmp_path / 'odd.pth'
    save_checkpoint({'state_dict': {'a': torch.ones(1)}, 'meta': {}}, odd)
    with pytest.raises(ValueError, match='holds weights alone'):
        training_runner(CONFIG, resume=odd, work_dir=tmp_path)


@pytest.mark.parametrize(
    ('option', 'message'),
    [
        ('optim_wrapper.optimizer.lr=x', 'can not be built'),
        ('train_cfg.max_epochs=x', 'invalid literal'),
        ('model.head=3', 'model.head is a dict, of which one part is changed'),
        ('train_dataloader.dataset=x', 'train_dataloader.dataset is a dict'),
    ],
)
def test_wrong_settings_are_one_line(
    fails, write_index, tmp_path, monkeypatch, option, message
):
    folder = write_index()
    config = tmp_path / 'own.py'
    config.write_text(f"""
_base_ = 'mmfsa::fsa_caps_1x1_p1.py'
train_dataloader = dict(
    _delete_=True, batch_size=2, num_workers=0,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(type='HeadPoseDataset', ann_file={str(folder / 'index.json')!r},
                 pipeline=[dict(type='LoadImageFromFile'), dict(type='CropFace'),
                           dict(type='PackHeadPoseInputs')]))
""")
    arguments = 'train', config, '--no-validate', '--work-dir', tmp_path / 'w'
    error = fails(*arguments, '--cfg-options', option)
    assert str(config) in error and message in error
