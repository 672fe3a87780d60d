"""Networks that see videos: windows and single steps agree, and each variant learns."""

import numpy as np
import pytest
import torch

from mmfsa.models import RecurrentEstimator
from mmfsa.registry import MODELS
from mmfsa.structures import HeadPoseDataSample
from mmfsa.zoo import get_config

CELLS = 'fc_rnn', 'lstm', 'gru'


def build(cell='gru', freeze=False, **head):
    torch.manual_seed(0)
    frame = get_config('fsa_none_wo_p1').model
    frame.head = dict(type='AngleHead', in_features=48, hidden=(10,))
    head = dict(type='RecurrentHead', in_features=48, hidden=10, cell=cell) | head
    return MODELS.build(
        dict(type='RecurrentEstimator', frame=frame, head=head, freeze=freeze)
    )


def windows(num=2, length=5):
    torch.manual_seed(1)
    samples = []
    for number in range(num):
        sample = HeadPoseDataSample()
        sample.gt_pose = np.full((length, 3), 10 * number, np.float32)
        sample.elapsed = np.linspace(0, 0.1, length, dtype=np.float32)
        samples.append(sample)
    return torch.rand(num, length, 3, 64, 64) * 255, samples


@pytest.mark.parametrize('cell', CELLS)
@pytest.mark.parametrize('settings', [{}, dict(timed=True, residual=True)], ids=str)
def test_steps_and_windows_agree(cell, settings):
    model = build(cell, **settings).eval()
    torch.nn.init.normal_(model.head.angles.weight)
    images, samples = windows()
    elapsed = torch.stack([torch.from_numpy(s.elapsed) for s in samples])
    whole = model.poses(images, elapsed)
    state = torch.zeros(2, model.state_size)
    for t in range(5):
        one, state = model.step(images[:, t], elapsed[:, t], state)
        torch.testing.assert_close(one['pose'], whole[:, t], rtol=1e-4, atol=1e-4)
    (first, second) = model.predict(images, samples)
    torch.testing.assert_close(first.pred_pose, whole[0, -1])
    assert first.valid and second.valid
    torch.testing.assert_close(model(images[:, 0]), model.poses(images[:, :1])[:, 0])


@pytest.mark.parametrize('cell', CELLS)
@pytest.mark.parametrize('freeze', [False, True])
def test_the_loss_reaches_what_learns(cell, freeze):
    model = build(cell, freeze).train()
    losses = model(*windows(), mode='loss')
    assert set(losses) == {'loss', 'loss_steady'}
    sum(losses.values()).backward()
    learns = {
        n.partition('.')[0] for n, p in model.named_parameters() if p.grad is not None
    }
    assert learns == ({'head'} if freeze else {'frame', 'head'})
    assert model.frame.training != freeze


def test_time_counts():
    model = build(timed=True).eval()
    images, _ = windows()
    slow, quick = (model.poses(images, torch.full((2, 5), s)) for s in (0.2, 0.02))
    assert (slow - quick).abs().max() > 1e-4


def test_a_residual_head_begins_as_the_frame_alone():
    model = build(residual=True).eval()
    images, _ = windows()
    alone = model.frame(images[:, 3])
    torch.testing.assert_close(model.poses(images)[:, 3], alone)


def test_fc_rnn_begins_as_the_layers_that_it_extends():
    model = build('fc_rnn').eval()
    model.init_weights()
    images, _ = windows()
    torch.testing.assert_close(model.poses(images)[:, 2], model.frame(images[:, 2]))
    with pytest.raises(ValueError, match='begins as an AngleHead with hidden'):
        build('fc_rnn', hidden=7).init_weights()


def test_what_can_not_be():
    with pytest.raises(ValueError, match='cell must be one of'):
        build('tcn')
    with pytest.raises(ValueError, match='no flip test'):
        RecurrentEstimator(
            get_config('fsa_none_wo_p1').model, dict(type='RecurrentHead', in_features=48,
            hidden=4), test_cfg=dict(flip_test=True),
        )  # fmt: skip
    with pytest.raises(ValueError, match='the head takes in_features=7'):
        build(in_features=7).poses(windows()[0])
