"""tools/train.py end to end on a few generated images: checkpoints, resume, errors."""

import multiprocessing
import signal

import pytest
import torch
from mmengine.runner import Runner

from mmfsa.cli import main
from mmfsa.engine import fuse_checkpoints, load_checkpoint, load_weights
from mmfsa.engine.training import latest_checkpoint
from mmfsa.registry import MODELS
from mmfsa.utils.files import lock
from mmfsa.zoo import get_config


@pytest.fixture(scope='module')
def uninterrupted(experiment, train, tmp_path_factory):
    work_dir = tmp_path_factory.mktemp('runs') / 'uninterrupted'
    train(experiment, work_dir)
    return work_dir


def test_checkpoints_load_without_pickle(uninterrupted):
    names = sorted(path.name for path in uninterrupted.glob('*.pth'))
    assert names == ['epoch_1.pth', 'epoch_2.pth', 'epoch_3.pth']
    checkpoint = torch.load(uninterrupted / 'epoch_3.pth', weights_only=True)
    assert checkpoint['meta']['config'] == 'tiny_p1.py'
    assert checkpoint['meta']['epoch'] == 3
    model = MODELS.build(get_config('fsa_none_wo_p1').model)
    load_weights(model, uninterrupted / 'epoch_3.pth')


def test_training_is_logged(uninterrupted):
    (scalars,) = uninterrupted.glob('*/vis_data/scalars.json')
    assert 'head_pose/MAE' in scalars.read_text()


@pytest.mark.parametrize('flags', [(), ('--augment-on-device',)], ids=str)
def test_a_killed_run_resumes_to_the_same_weights(
    flags, experiment, train, train_alone, uninterrupted, tmp_path
):
    """Bit for bit: weights and their means, optimiser, schedule and augmentation go on."""
    if flags:
        uninterrupted = tmp_path / 'uninterrupted'
        train(experiment, uninterrupted, *flags)
    work_dir = tmp_path / 'killed'
    # 5 iterations an epoch: in the middle of the third.
    status, printed = train_alone(experiment, work_dir, *flags, KILL_AT='12')
    assert status == -signal.SIGKILL, printed
    assert not (work_dir / 'epoch_3.pth').exists()
    said = train(experiment, work_dir, *flags, '--resume')
    assert 'resumed epoch: 2, iter: 10' in said

    expected = load_checkpoint(uninterrupted / 'epoch_3.pth')
    resumed = load_checkpoint(work_dir / 'epoch_3.pth')
    for part in ('state_dict', 'ema_state_dict', 'optimizer'):
        torch.testing.assert_close(resumed[part], expected[part], rtol=0, atol=0)
    assert resumed['param_schedulers'] == expected['param_schedulers']
    # The log's history too: the last numbers of both runs are means over the same.
    history = {
        name: value['values']
        for name, value in expected['message_hub']['log_scalars'].items()
        if 'loss' in name
    }
    assert history
    for name, values in history.items():
        resumed_values = resumed['message_hub']['log_scalars'][name]['values']
        torch.testing.assert_close(resumed_values, values, rtol=0, atol=0)


def test_resuming_what_has_no_checkpoint_yet_begins_at_load_from(
    experiment, train, uninterrupted, tmp_path
):
    first = uninterrupted / 'epoch_1.pth'
    options = [f'load_from={first}', 'train_cfg.max_epochs=1']
    said = train(experiment, tmp_path / 'work', '--resume', '--cfg-options', *options)
    assert f'Load checkpoint from {first}' in said


def test_changed_settings_that_a_resume_ignores(
    experiment, train, uninterrupted, tmp_path
):
    changed = {
        'param_scheduler.eta_max=3e-3': 'param_scheduler.eta_max is 0.003',
        'param_scheduler.total_steps=9': 'param_scheduler.total_steps is 45',
        'optim_wrapper.optimizer.weight_decay=0.1': 'optimizer.weight_decay is 0.1',
        'optim_wrapper.optimizer.type=AdamW': 'optimizer.type is AdamW, in the checkpoint '
        'Adam',
    }
    options = '--resume', uninterrupted / 'epoch_2.pth', '--cfg-options', *changed
    said = train(experiment, tmp_path, *options, fails=True)
    assert '--resume would ignore changed settings' in said
    assert all(named in said for named in changed.values())
    assert 'load_from=CHECKPOINT' in said


def test_a_learning_rate_that_a_resume_ignores(
    experiment, train, uninterrupted, tmp_path
):
    """Without a schedule, too, the checkpoint's rate goes on."""
    options = '--cfg-options', 'param_scheduler=None', 'train_cfg.max_epochs=1'
    train(experiment, tmp_path, *options)
    options = *options[:-1], 'train_cfg.max_epochs=2'
    rate = 'optim_wrapper.optimizer.lr=0.5'
    said = train(experiment, tmp_path, '--resume', *options, rate, fails=True)
    assert 'optimizer.lr is 0.5, in the checkpoint 0.001' in said
    assert 'resumed epoch: 1' in train(experiment, tmp_path, '--resume', *options)


def test_workers_do_not_change_the_result(experiment, train, uninterrupted, tmp_path):
    work_dir = tmp_path / 'no_workers'
    options = [
        'train_dataloader.num_workers=0',
        'train_dataloader.persistent_workers=0',
    ]
    train(experiment, work_dir, '--cfg-options', *options)
    torch.testing.assert_close(
        load_checkpoint(work_dir / 'epoch_3.pth')['state_dict'],
        load_checkpoint(uninterrupted / 'epoch_3.pth')['state_dict'],
        rtol=0,
        atol=0,
    )


class Foreign:
    """Something that only pickle can bring back."""


@pytest.fixture
def foreign(uninterrupted, tmp_path):
    checkpoint = load_checkpoint(uninterrupted / 'epoch_1.pth')
    checkpoint['extra'] = Foreign()
    path = tmp_path / 'foreign.pth'
    torch.save(checkpoint, path)
    return path


def test_foreign_pickles_are_refused_unless_trusted(foreign):
    with pytest.raises(ValueError, match=r'foreign\.pth holds pickled.*Foreign') as e:
        load_checkpoint(foreign)
    assert '--trust-checkpoint' in str(e.value)
    assert isinstance(load_checkpoint(foreign, trust_pickle=True)['extra'], Foreign)


def test_resume_from_a_foreign_pickle_is_refused(experiment, train, foreign, tmp_path):
    error = train(experiment, tmp_path / 'work', '--resume', foreign, fails=True)
    assert 'holds pickled Python objects' in error
    assert '--trust-checkpoint' in error
    assert 'Traceback' not in error


def test_damaged_checkpoints_are_named(uninterrupted, tmp_path):
    whole = (uninterrupted / 'epoch_1.pth').read_bytes()
    (tmp_path / 'half.pth').write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ValueError, match=r'half\.pth is damaged'):
        load_checkpoint(tmp_path / 'half.pth')
    (tmp_path / 'text.pth').write_text('hello')
    with pytest.raises(ValueError, match=r'text\.pth'):
        load_checkpoint(tmp_path / 'text.pth')
    with pytest.raises(FileNotFoundError, match=r'absent\.pth'):
        load_checkpoint(tmp_path / 'absent.pth')


def test_weights_of_another_model_are_refused(uninterrupted):
    model = MODELS.build(get_config('fsa_caps_1x1_p1').model)
    with pytest.raises(ValueError, match=r'(?s)its config is tiny_p1\.py.*are missing'):
        load_weights(model, uninterrupted / 'epoch_1.pth')


def test_weights_with_nan_are_refused(uninterrupted, tmp_path):
    checkpoint = load_checkpoint(uninterrupted / 'epoch_1.pth')
    checkpoint['state_dict']['head.eta.0.bias'][1] = float('nan')
    torch.save(checkpoint, tmp_path / 'nan.pth')
    model = MODELS.build(get_config('fsa_none_wo_p1').model)
    with pytest.raises(ValueError, match=r'nan\.pth holds NaN.*head\.eta\.0\.bias'):
        load_weights(model, tmp_path / 'nan.pth')


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        (
            ['--cfg-options', 'train_dataloader.batch_size=32'],
            'fewer than a batch of 32',
        ),
        (
            ['--cfg-options', 'train_dataloader.dataset.ann_file=no.npz'],
            'does not exist',
        ),
        (['--auto-scale-lr'], 'scales no OneCycleLR: give its --cfg-options'),
        (['--resume', 'absent.pth'], 'no checkpoint absent.pth'),
    ],
)
def test_errors_of_the_user_are_one_clear_message(
    arguments, message, experiment, train, tmp_path
):
    error = train(experiment, tmp_path / 'work', *arguments, fails=True)
    assert message in error
    assert 'Traceback' not in error


def test_work_dir_that_cannot_be_written(experiment, train, tmp_path):
    file = tmp_path / 'file'
    file.write_text('in the way')
    error = train(experiment, file / 'work', fails=True)
    assert 'choose another --work-dir' in error
    assert 'Traceback' not in error


def test_a_full_disk_leaves_no_half_checkpoint(experiment, train, small_disk):
    disk = small_disk(600)
    error = train(experiment, disk / 'work', '--no-validate', fails=True)
    assert 'No space left on device' in error
    assert 'epoch_1.pth' in error
    assert 'Traceback' not in error
    assert not list(disk.rglob('*epoch_1*'))


def test_only_a_fusion_is_fused(uninterrupted, tmp_path):
    with pytest.raises(ValueError, match=r'fsa_none_wo_p1\.py is no fusion'):
        fuse_checkpoints(
            get_config('fsa_none_wo_p1'), [uninterrupted / 'epoch_1.pth'], tmp_path
        )


def test_a_list_is_no_checkpoint(tmp_path):
    torch.save([1, 2], tmp_path / 'list.pth')
    with pytest.raises(
        ValueError, match=r'list\.pth is no checkpoint: it holds a.*list'
    ):
        load_checkpoint(tmp_path / 'list.pth')


def test_a_run_does_not_write_over_its_experiment_file(experiment, train):
    written = experiment.read_bytes()
    error = train(experiment, experiment.parent, fails=True)
    assert 'give another --work-dir' in error
    assert experiment.read_bytes() == written


def test_an_interruption_says_how_to_go_on(experiment, tmp_path, monkeypatch, capsys):
    def interrupted(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(Runner, 'train', interrupted)
    monkeypatch.chdir(experiment.parent)
    work_dir = str(tmp_path / 'work')
    assert main(['train', str(experiment), '--work-dir', work_dir]) == 130
    assert f'--resume --work-dir {work_dir} goes on' in capsys.readouterr().err


def test_no_worker_outlives_a_training(uninterrupted):
    """The run of `uninterrupted` had two workers, which persist between its epochs."""
    assert multiprocessing.active_children() == []


def test_a_folder_has_one_training(experiment, train, tmp_path):
    """A lock of a process that has ended is none: the file alone stays."""
    work_dir = tmp_path / 'work'
    work_dir.mkdir()
    held = lock(work_dir / '.training')
    said = train(experiment, work_dir, '--cfg-options', 'log_level=ERROR', fails=True)
    assert f'{work_dir}: another process is writing there' in said
    assert [path.name for path in work_dir.iterdir()] == ['.training']
    held.close()
    train(experiment, work_dir, '--cfg-options', 'train_cfg.max_epochs=1')


@pytest.mark.parametrize(
    ('option', 'words', 'kept'),
    [
        (
            'optim_wrapper.optimizer.lr=1e30',
            ('the loss is', 'in iteration 2 (epoch 1)'),
            0,
        ),
        ('custom_hooks.0.nan_at=7', ('the loss is nan in iteration 8 (epoch 2)',), 1),
    ],
)
def test_a_loss_that_is_no_number_ends_a_training(
    option, words, kept, experiment, train, tmp_path
):
    options = '--cfg-options', option, 'param_scheduler=None'
    said = train(experiment, tmp_path, *options, fails=True)
    assert all(word in said for word in words), said
    assert len([*tmp_path.glob('epoch_*.pth')]) == kept
    assert str(tmp_path) in said and 'lower learning rate' in said


def test_weights_that_are_no_numbers_become_no_checkpoint(experiment, train, tmp_path):
    """The last step of an epoch spoils them, and no further loss shows it."""
    options = '--cfg-options', 'custom_hooks.0.spoil_at=9'
    said = train(experiment, tmp_path, *options, fails=True)
    assert 'weights are NaN or infinite' in said
    assert [path.name for path in tmp_path.glob('*.pth')] == ['epoch_1.pth']


def test_a_note_that_a_kill_has_emptied(tmp_path):
    assert latest_checkpoint(tmp_path) is None
    for number in 2, 9, 10:
        (tmp_path / f'epoch_{number}.pth').touch()
    (tmp_path / 'best_epoch_99.pth').touch()
    for note in '', str(tmp_path / 'gone.pth'):
        (tmp_path / 'last_checkpoint').write_text(note)
        assert latest_checkpoint(tmp_path) == str(tmp_path / 'epoch_10.pth')
    (tmp_path / 'last_checkpoint').write_text(str(tmp_path / 'epoch_9.pth'))
    assert latest_checkpoint(tmp_path) == str(tmp_path / 'epoch_9.pth')
