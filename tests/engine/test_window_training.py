"""A network that sees videos learns from windows, and a killed run goes on."""

import signal

import numpy as np
import pytest
import torch

from mmfsa.engine import load_checkpoint
from mmfsa.zoo import config_dir


@pytest.fixture(scope='module')
def windows(write_faces, experiment):
    """An experiment file with ten windows of two random films."""
    folder = experiment.parent / 'films'
    folder.mkdir()
    images = np.random.default_rng(0).integers(0, 256, (2 * 20, 48, 48, 3), np.uint8)
    faces = [
        (image, dict(face_box=[14, 14, 34, 34], yaw=float(i % 20), sequence=str(i // 20),
                     frame=i % 20, time=i % 20 / 25))
        for i, image in enumerate(images)
    ]  # fmt: skip
    write_faces(folder, faces, format_version=2)
    config = experiment.parent / 'windows.py'
    config.write_text(f"""
_base_ = {str(config_dir() / 'video/fsa_caps_1x1_gru.py')!r}
custom_imports = dict(imports=['kill'])
custom_hooks = [dict(type='KillHook')]
model = dict(frame=dict(init_cfg=None), freeze=False)
dataset = dict(data_root={str(folder)!r}, length=4, stride=4)
train_dataloader = dict(batch_size=2, num_workers=1, dataset=dataset)
val_dataloader = dict(num_workers=0, dataset=dataset)
train_cfg = dict(max_epochs=3)
param_scheduler = dict(total_steps=3)
vis_backends = [dict(type='LocalVisBackend')]
visualizer = dict(vis_backends=vis_backends)
""")
    return config


def test_a_killed_run_resumes_to_the_same_weights(
    windows, train, train_alone, tmp_path
):
    train(windows, tmp_path / 'whole')
    killed = tmp_path / 'killed'
    # 5 iterations an epoch: in the middle of the third.
    status, printed = train_alone(windows, killed, KILL_AT='12')
    assert status == -signal.SIGKILL, printed
    assert not (killed / 'epoch_3.pth').exists()
    assert 'resumed epoch: 2, iter: 10' in train(windows, killed, '--resume')
    expected, resumed = (
        load_checkpoint(tmp_path / run / 'epoch_3.pth') for run in ('whole', 'killed')
    )
    for part in ('state_dict', 'optimizer'):
        torch.testing.assert_close(resumed[part], expected[part], rtol=0, atol=0)
    before = load_checkpoint(tmp_path / 'whole' / 'epoch_1.pth')['state_dict']
    after = expected['state_dict']
    learned = {
        name.partition('.')[0] for name in after if (after[name] != before[name]).any()
    }
    assert learned == {'frame', 'head'}
