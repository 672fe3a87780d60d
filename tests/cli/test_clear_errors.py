"""What users get wrong is one line that says what is wrong and what to do."""

import cv2
import numpy as np
import pytest
import torch

from mmfsa.cli import main
from mmfsa.engine import save_checkpoint
from mmfsa.registry import MODELS
from mmfsa.utils.cli import clear_errors
from mmfsa.zoo import config_dir, find_model, get_config

NAME = 'fsa_caps_1x1.synthetic'
CONFIG = str(config_dir() / 'fsa_caps_1x1_p1.py')


@pytest.fixture(autouse=True)
def named_photos(tmp_path, monkeypatch):
    """The current folder has the photos that commands name."""
    for name in ('a.jpg', 'b.jpg'):
        (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def fails(capsys, monkeypatch, tmp_path):
    """Runs the command, which must fail; returns its one line on standard error."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments, status=2):
        try:
            assert main([*map(str, arguments)]) == status
        except SystemExit as e:
            assert e.code == status
        lines = capsys.readouterr().err.splitlines()
        if lines[0].startswith('usage:'):
            lines = lines[-1:]
        assert len(lines) == 1, lines
        return lines[0]

    return run


@pytest.fixture(scope='module')
def exported(tmp_path_factory):
    path = tmp_path_factory.mktemp('exported') / 'model.onnx'
    assert main(['export', NAME, str(path)]) == 0
    return path


@pytest.fixture
def own_checkpoint(tmp_path):
    """A checkpoint of a config that the zoo does not have."""
    state = MODELS.build(get_config('fsa_none_wo_p1').model).state_dict()
    path = tmp_path / 'epoch_1.pth'
    save_checkpoint(dict(state_dict=state, meta=dict(config='tiny_synth.py')), path)
    return path


@pytest.mark.parametrize(
    ('name', 'content', 'message'),
    [
        ('a.jpg', None, 'a.jpg is no checkpoint: it is an image'),
        ('a.h5', b'\x89HDF\r\n\x1a\n', '`mmfsa convert {}` makes one'),
        ('a.pth', b'\x89HDF\r\n\x1a\n', 'is an HDF5 file, no checkpoint'),
        ('a.bin', b'\x08\x07', 'is an ONNX model, no checkpoint: name it'),
        ('a.pth', b'text', 'is damaged or no checkpoint'),
    ],
)
def test_a_file_of_another_kind_is_called_what_it_is(
    fails, tmp_path, name, content, message
):
    path = tmp_path / name
    if content is None:
        cv2.imwrite(str(path), np.zeros((9, 9, 3), np.uint8))
    else:
        path.write_bytes(content)
    error = fails('predict', 'b.jpg', '--model', NAME, '--weights', path)
    assert message.format(path) in error
    assert 'trust' not in error


def test_weights_in_the_place_of_a_model(fails, exported):
    error = fails('predict', 'b.jpg', '--model', exported)
    assert f'(--weights {exported})' in error


def test_weights_of_a_config_outside_the_zoo(fails, own_checkpoint):
    error = fails('predict', 'b.jpg', '--weights', own_checkpoint)
    assert error.startswith(f'mmfsa: {own_checkpoint} was trained with tiny_synth.py')
    assert '--model' in error


def test_an_exported_file_of_another_model(fails, exported):
    error = fails(
        'predict', 'b.jpg', '--model', 'fsa_none_wo_p1', '--weights', exported
    )
    assert error == (
        f'mmfsa: {exported} was exported from {NAME}, not from fsa_none_wo_p1: leave out '
        'the model, or give other weights'
    )


def test_a_checkpoint_of_another_model_is_one_line(fails, own_checkpoint):
    error = fails('predict', 'b.jpg', '--model', NAME, '--weights', own_checkpoint)
    assert 'are not those of this model; its config is tiny_synth.py' in error
    assert "of the model's" in error and "of the file's" in error
    assert len(error) < 600


def test_an_export_ends_in_onnx(fails):
    assert 'x.txt must end in .onnx' in fails('export', NAME, 'x.txt')


def test_a_name_takes_a_checkpoint(tmp_path, capsys):
    weights = find_model(NAME)[1]
    out = tmp_path / 'a.onnx'
    assert main(['export', 'fsa_caps_1x1_p1', str(weights), str(out)]) == 0
    assert out.is_file()


def test_a_training_by_name_finds_its_config(fails, tmp_path):
    error = fails('train', 'fsa_caps_1x1_p1', '--cfg-options', 'modle.a=1')
    assert f"{CONFIG} has no 'modle'" in error
    assert 'there is no model' in fails('train', 'fsa_caps_9x9')


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        (
            ['benchmark', NAME, '--rounds', '0'],
            '--rounds: must be a whole number of at',
        ),
        (['synth', '--num', '-3', '--out', 'a'], '--num: must be a whole number of at'),
    ],
)
def test_numbers_above_0(fails, arguments, message):
    assert message in fails(*arguments)


def test_what_went_wrong_in_a_worker_is_its_last_line(capsys):
    text = (
        'Caught OSError in DataLoader worker process 0.\nOriginal Traceback (most …\n'
        '  File …\nOSError: index.json: entry 3: no such file\n'
    )
    with pytest.raises(SystemExit) as error, clear_errors():
        raise OSError(text)
    assert error.value.code == 1
    assert capsys.readouterr().err == 'error: index.json: entry 3: no such file\n'


def test_the_backend_of_a_test_is_that_of_the_file(
    exported, write_index, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    folder = write_index()
    config = tmp_path / 'own.py'
    config.write_text(f"""
_base_ = 'mmfsa::fsa_caps_1x1_p1.py'
data = dict(
    type='HeadPoseDataset', ann_file={str(folder / 'index.json')!r}, test_mode=True,
    pipeline=[dict(type='LoadImageFromFile'), dict(type='CropFace'),
              dict(type='PackHeadPoseInputs')])
test_sets = dict(_delete_=True, own=dict(
    dataloader=dict(batch_size=2, num_workers=0, dataset=data,
                    sampler=dict(type='DefaultSampler', shuffle=False)),
    evaluator=dict(type='HeadPoseMetric')))
""")
    threads = torch.get_num_threads()
    assert main(['test', str(config), str(exported), '--out', 'r.json']) == 0
    torch.set_num_threads(threads)
    assert '"backend": "onnxruntime"' in (tmp_path / 'r.json').read_text()
    (folder / 'photos/3.png').unlink()
    assert main(['test', str(config), str(exported)]) == 1
    error = capsys.readouterr().err.splitlines()[-1]
    assert f'{folder}/index.json: entry 3: ' in error and '3.png' in error


def test_options_without_effect_are_said(run, photos, tmp_path):
    _, _, error = run('predict', photos, '--smooth', '--detect-every', '3')
    assert '--smooth, --detect-every without effect: there is no video' in error
    _, _, error = run('predict', photos, '--draw', 'cube')
    assert '--draw cube without effect: give --out or --show' in error
    _, _, error = run('predict', photos, '--smooth', '--video')
    assert 'without effect' not in error


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        (['benchmark', NAME, '--steps', '--device=cuda'], '--device changes nothing'),
        (['benchmark', NAME, '--frames=a.jpg', '--steps'], '--steps changes nothing'),
        (['benchmark', NAME, '--beside', NAME], '--beside changes nothing'),
        (
            ['benchmark', NAME, '--frames=a.jpg', '--batch-sizes', '1'],
            '--batch-sizes changes nothing with --frames',
        ),
        (
            ['benchmark', NAME, '--frames=a.jpg', '--plot=a.png'],
            '--plot changes nothing',
        ),
        (['benchmark', NAME, '--detector=far'], '--detector changes nothing with no'),
        (
            ['precision', 'a.onnx', 'b.onnx', '--fp16', '--crops=.', '--keep-above=1'],
            '--keep-above is for --int8',
        ),
        (
            ['precision', 'a.onnx', 'b.onnx', '--int8', '--crops=.', '--max-angle=99'],
            '--max-angle would change nothing: . is a folder',
        ),
        (
            ['predict', 'a.jpg', '--model', NAME, '--relative-to=ray'],
            'would change nothing without a camera',
        ),
        (
            ['predict', 'a.jpg', '--model', NAME, '--rectify=after'],
            'would change nothing without a camera',
        ),
        (
            [
                *('train', CONFIG, '--augment-on-device', '--cfg-options'),
                'train_dataloader.num_workers=4',
            ],
            'train_dataloader.num_workers would change nothing',
        ),
        (
            ['train', CONFIG, '--cfg-options', 'env_cfg.cudnn_benchmar=True'],
            "env_cfg has no 'cudnn_benchmar': did you mean cudnn_benchmark?",
        ),
    ],
    ids=lambda part: part[-1] if isinstance(part, list) else '',
)
def test_options_that_would_change_nothing(fails, arguments, message):
    assert message in fails(*arguments)


def test_what_is_read_is_not_written_over(fails, own_checkpoint, exported):
    """Not by a name of another kind, and not through a link."""
    before = {path: path.read_bytes() for path in (own_checkpoint, exported)}
    link = own_checkpoint.with_name('link.json')
    link.symlink_to(own_checkpoint)
    for arguments in (
        ['convert', own_checkpoint, own_checkpoint],
        ['precision', exported, exported, '--fp16', f'--crops={own_checkpoint}'],
        ['engine', exported, exported, '--profile', 1, 2, 4],
        ['benchmark', NAME, exported, '--out', exported],
        ['verify', NAME, exported, '--crops=.', '--out', exported],
        ['test', CONFIG, own_checkpoint, '--out', own_checkpoint],
        ['test', CONFIG, own_checkpoint, '--out', link],
    ):
        assert 'is read, and would be written over: name another' in fails(*arguments)
    assert {path: path.read_bytes() for path in before} == before


@pytest.mark.parametrize('verb', ['serve', 'web'])
@pytest.mark.parametrize('number', ['65536', '-1', 'x'])
def test_ports_that_there_are_not(fails, verb, number):
    message = f'must be a whole number from 0 to 65535, got {number}'
    assert message in fails(verb, f'--port={number}')


@pytest.mark.parametrize(
    ('arguments', 'message', 'status'),
    [
        (['predict', '', '--model', NAME], 'the name of an input is empty', 1),
        (['synth', '--out=a', '--seed=-1'], '--seed must be at least 0, got -1', 2),
        (
            ['synth', '--out=a', '--workers=0'],
            'must be a whole number of at least 1',
            2,
        ),
        (['synth', '--out=a', '--workers=9999'], 'for each core of this machine', 2),
        (['predict', 'a', '--workers=9999'], '4 for each core of this machine, got', 2),
        (
            ['relabel', '.', '--out=a', f'--teacher={NAME}', '--scales', 'nan'],
            '--scales must be more than 0',
            2,
        ),
        (
            ['relabel', '.', '--out=a', f'--teacher={NAME}', '--looks-tolerance=nan'],
            '--looks-tolerance must be more than 0',
            2,
        ),
    ],
)
def test_values_that_are_none(fails, arguments, message, status):
    assert message in fails(*arguments, status=status)
