"""The smallest training, in this process or in its own."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryFile

import numpy as np
import pytest
import torch

from mmfsa.zoo import config_dir

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope='session')
def experiment(tmp_path_factory):
    """An experiment file that trains the smallest model on 20 random images.

    By the schedule, and with the averaged weights, of the recipes.
    """
    folder = tmp_path_factory.mktemp('experiment')
    sys.path.append(str(folder))  # the config imports a hook from there
    rng = np.random.RandomState(0)
    np.savez(
        folder / 'faces.npz',
        image=rng.randint(0, 256, (20, 64, 64, 3), np.uint8),
        pose=rng.uniform(-60, 60, (20, 3)),
    )
    (folder / 'kill.py').write_text("""
import os, signal
from mmengine.hooks import Hook
from mmengine.registry import HOOKS

@HOOKS.register_module()
class KillHook(Hook):
    priority = 'HIGHEST'

    def __init__(self, nan_at=-1, spoil_at=-1):
        self.nan_at, self.spoil_at = nan_at, spoil_at

    def before_train_iter(self, runner, batch_idx, data_batch=None):
        if runner.iter == int(os.environ.get('KILL_AT', -1)):
            os.kill(os.getpid(), signal.SIGKILL)
        if runner.iter == self.nan_at:
            data_batch['data_samples'][0].gt_pose[:] = float('nan')

    def after_train_iter(self, runner, batch_idx, data_batch=None, outputs=None):
        if runner.iter == self.spoil_at:
            next(runner.model.parameters()).data.fill_(float('nan'))
""")
    config = folder / 'tiny_p1.py'
    config.write_text(f"""
_base_ = {str(config_dir() / 'fsa_none_wo_p1.py')!r}
custom_imports = dict(imports=['kill'])
custom_hooks = [dict(type='KillHook'), dict(type='EMAHook', update_buffers=True)]
dataset = dict(
    _delete_=True,
    type='HeadPoseDataset',
    ann_file={str(folder / 'faces.npz')!r},
    pipeline=[
        dict(type='RandomCropPaste'),
        dict(type='RandomZoom'),
        dict(type='PackHeadPoseInputs'),
    ],
)
train_dataloader = dict(
    batch_size=4, num_workers=2, persistent_workers=True, dataset=dataset
)
val_dataloader = dict(num_workers=0, persistent_workers=False, dataset=dataset)
train_cfg = dict(max_epochs=3)
param_scheduler = dict(
    _delete_=True,
    type='OneCycleLR',
    eta_max=1e-3,
    total_steps=3,
    by_epoch=True,
    convert_to_iter_based=True,
)
vis_backends = [dict(type='LocalVisBackend')]
visualizer = dict(vis_backends=vis_backends)
""")
    return config


@pytest.fixture(scope='session')
def train(run_tool):
    """Run tools/train.py in this process: what it prints, or with `fails` reports."""

    def run(config, work_dir, *arguments, fails=False):
        threads = torch.get_num_threads()
        torch.set_num_threads(1)  # as in processes of their own
        try:
            return run_tool(
                *('train.py', config, '--work-dir', work_dir, *arguments),
                fails=fails,
                cwd=config.parent,
            )
        finally:
            torch.set_num_threads(threads)

    return run


@pytest.fixture(scope='session')
def train_alone():
    """Run tools/train.py in processes of its own: its exit status, and what it printed.

    A launcher stands in front of it. What it prints goes to a file: of a pipe the workers
    of a killed run would hold the end.
    """

    def run(config, work_dir, *arguments, launcher=(), **environment):
        path = [str(config.parent), os.environ.get('PYTHONPATH', '')]
        environment |= dict(PYTHONPATH=os.pathsep.join(path), OMP_NUM_THREADS='1')
        with TemporaryFile('w+') as printed:
            process = subprocess.Popen(
                [
                    *(sys.executable, *launcher, ROOT / 'tools/train.py', config),
                    *('--work-dir', work_dir, *arguments),
                ],
                stdout=printed,
                stderr=subprocess.STDOUT,
                env=os.environ | environment,
                cwd=config.parent,
                start_new_session=True,
            )
            try:
                status = process.wait(timeout=300)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                status = process.wait()
            printed.seek(0)
            return status, printed.read()

    return run
