"""Two processes train as one does with the same global batch."""

import json
import socket
from pathlib import Path

import pytest
from torch import distributed

EPOCHS = 4
ITERATIONS = 2 * EPOCHS


@pytest.fixture(scope='module')
def frozen_statistics(experiment):
    """The experiment without what sees only a process's share of a batch.

    That is batch normalisation, unless it is synchronised. The hook also writes the loss
    of every iteration, averaged over the processes.
    """
    (experiment.parent / 'frozen.py').write_text("""
import json
import torch
from mmengine.dist import all_reduce, is_main_process
from mmengine.hooks import Hook
from mmengine.registry import HOOKS

@HOOKS.register_module()
class FrozenHook(Hook):
    losses = []

    def before_train_iter(self, runner, batch_idx, data_batch=None):
        for module in runner.model.modules():
            if isinstance(module, torch.nn.BatchNorm2d):
                module.eval()

    def after_train_iter(self, runner, batch_idx, data_batch=None, outputs=None):
        loss = outputs['loss'].detach().clone()
        all_reduce(loss, op='mean')
        self.losses.append(loss.item())

    def after_train(self, runner):
        if is_main_process():
            with open(runner.work_dir + '/losses.json', 'w') as f:
                json.dump(self.losses, f)
""")
    config = experiment.parent / 'frozen_p1.py'
    config.write_text(f"""
_base_ = './{experiment.name}'
custom_imports = dict(imports=['kill', 'frozen'])
custom_hooks = [dict(type='FrozenHook')]
train_cfg = dict(max_epochs={EPOCHS})
param_scheduler = dict(total_steps={EPOCHS})
train_dataloader = dict(num_workers=0, persistent_workers=False)
""")
    return config


def options(batch_size):
    return '--no-validate', '--cfg-options', f'train_dataloader.batch_size={batch_size}'


def losses(work_dir):
    return json.loads((work_dir / 'losses.json').read_text())


@pytest.fixture
def port():
    """A free port, for the processes to meet."""
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


def test_losses_agree_with_one_process(
    frozen_statistics, train, train_alone, port, tmp_path
):
    launcher = [
        '-m',
        'torch.distributed.run',
        '--nproc-per-node=2',
        f'--master-port={port}',
    ]
    train(frozen_statistics, tmp_path / 'one', *options(8))
    status, printed = train_alone(
        frozen_statistics,
        tmp_path / 'two',
        *('--launcher', 'pytorch', *options(4)),
        launcher=launcher,
    )
    assert status == 0, printed
    one, two = losses(tmp_path / 'one'), losses(tmp_path / 'two')
    assert len(one) == len(two) == ITERATIONS
    assert two == pytest.approx(one, abs=1e-4)
    assert one[-1] < one[0]


@pytest.fixture
def launched(monkeypatch, port):
    """This process as the only one that `torchrun` started."""
    place = dict(RANK=0, LOCAL_RANK=0, WORLD_SIZE=1, MASTER_PORT=port)
    for key, value in dict(place, MASTER_ADDR='127.0.0.1').items():
        monkeypatch.setenv(key, str(value))
    yield '--launcher', 'pytorch'
    if distributed.is_initialized():
        distributed.destroy_process_group()


def names_of_threads():
    return [(task / 'comm').read_text() for task in Path('/proc/self/task').iterdir()]


@pytest.mark.skipif(not Path('/proc/self/task').is_dir(), reason='reads Linux threads')
def test_a_run_that_is_over_has_left_its_group(
    frozen_statistics, train, run_tool, launched, tmp_path
):
    """A thread of the group that outlives the run aborts Python at its end, at times."""
    train(frozen_statistics, tmp_path, *options(8), *launched)
    assert not distributed.is_initialized()
    assert not [name for name in names_of_threads() if 'gloo' in name]
    scored = frozen_statistics.parent / 'scored_p1.py'
    scored.write_text(f"""
_base_ = './{frozen_statistics.name}'
test_sets = dict(_delete_=True, faces=dict(
    dataloader=dict(
        batch_size=4, sampler=dict(type='DefaultSampler', shuffle=False),
        dataset=dict(
            type='HeadPoseDataset', test_mode=True,
            ann_file={str(frozen_statistics.parent / 'faces.npz')!r},
            pipeline=[dict(type='PackHeadPoseInputs')])),
    evaluator=dict(type='mmfsa.HeadPoseMetric')))
""")
    run_tool('test.py', scored, tmp_path / f'epoch_{EPOCHS}.pth', *launched)
    assert not distributed.is_initialized()
    assert not [name for name in names_of_threads() if 'gloo' in name]
