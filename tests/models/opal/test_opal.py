"""Opal's networks, loss and evaluation compute what the original code computes."""

import numpy as np
import pytest
import torch

from mmfsa.engine import save_checkpoint
from mmfsa.models import OpalLoss
from mmfsa.models.losses import Labels
from mmfsa.registry import MODELS
from mmfsa.structures import (
    change_frame,
    geodesic_distance,
    matrix_to_pose,
    unfold_yaw,
    wrapped_difference,
)
from mmfsa.zoo import get_config
from mmfsa.zoo.convert import convert

FILES = {
    'opal_6d_opal': 'opal_6d',
    'opal_quaternion': 'opal_quaternion',
    'opal_euler': 'opal_euler',
}
ALL = pytest.mark.parametrize('name', FILES)


@ALL
@torch.no_grad()
def test_outputs(name, original):
    file, model = original(name, FILES[name])
    found = model.outputs(file.first_images(model))
    expected = file.first('project_R')
    if 'rotation' in found:
        torch.testing.assert_close(found['rotation'], expected, atol=1e-5, rtol=0)
    else:
        expected = file.first('project_ypr')
        torch.testing.assert_close(found['pose'], expected, atol=1e-4, rtol=1e-5)
    distance = wrapped_difference(found['pose'], file.first('project_ypr'))
    assert distance.max() < 0.01


@torch.no_grad()
def test_features(original):
    file, model = original('opal_6d_opal', 'opal_6d')
    backbone = model.backbone
    parts = {'0.conv_img': backbone.stem}
    parts |= {f'0.backbone.{k}': backbone.stages[k] for k in (0, 2, 4)}
    parts |= {f'0.encoders.0.{k}': backbone.stages[5 + k] for k in (1, 2)}
    images = file.inputs('rand', model, 1)
    file.check_features('rand', parts, lambda: backbone(images))


@pytest.mark.slow
def test_loss_and_gradients(original, check_gradients):
    file, model = original('opal_6d_opal', 'opal_6d')
    labels = Labels(file.labels().float())
    loss = model.loss(file.inputs('rand', model), labels)['loss']
    expected = file.story['loss']['eval_float32']['loss']
    assert loss.item() == pytest.approx(expected, rel=1e-5)
    check_gradients(file, model, loss, rel=1e-2)


def test_parameters(golden):
    for name, experiment in FILES.items():
        with torch.device('meta'):
            model = MODELS.build(get_config(experiment).model)
        expected = golden(name).story['n_parameters']
        assert sum(p.numel() for p in model.parameters()) == expected


def test_the_loss_of_every_angle(golden):
    file = golden('opal_loss')
    distance = geodesic_distance(file['pred64'], file['target64'])
    for setting in file.story['settings']:
        loss = OpalLoss(*(setting[key] for key in ('epsilon', 'beta', 'sigma', 'mu')))
        cost = loss.cost(distance)
        if not setting['degrees']:
            cost = torch.deg2rad(cost)
        # The original's arc cosine is of a number that is cut at 1 − 1e-7.
        expected = np.array(setting['loss'])
        np.testing.assert_allclose(cost, expected, rtol=1e-5, atol=1e-9)


def test_the_loss_is_smooth():
    loss = OpalLoss(epsilon=2, beta=45, sigma=3, mu=20)
    # Between the knots, where pieces meet.
    angles = 0.01 * (torch.arange(18000, dtype=torch.float64) + 0.5)
    angles.requires_grad_()
    cost = loss.cost(angles)
    (slope,) = torch.autograd.grad(cost.sum(), angles)
    assert cost[0] < 1e-3 and loss.cost(torch.zeros(1)) == 0
    assert (cost.diff() > 0).all()
    assert slope.diff().abs().max() < 0.05  # no jump
    torch.testing.assert_close(slope[4500:], torch.ones_like(slope[4500:]))
    with pytest.raises(ValueError, match='epsilon < beta'):
        OpalLoss(epsilon=60, beta=60)


def test_their_evaluation_is_our_wrapped_difference(golden):
    """The smaller of the errors of both triples of angles, and the geodesic error."""
    file = golden('opal_evaluator')
    poses = [
        unfold_yaw(matrix_to_pose(change_frame(file[key].mT, 'opal')))
        for key in ('pred64', 'ann64')
    ]
    found = wrapped_difference(*poses)
    torch.testing.assert_close(
        found, file['mae_yaw_pitch_roll64'], atol=1e-6, rtol=1e-6
    )
    found = geodesic_distance(file['pred64'], file['ann64'])
    torch.testing.assert_close(found, file['ge_deg64'], atol=1e-4, rtol=1e-6)


REFUSED = {
    'missing': lambda t: t.pop('0.backbone.2.1.conv.2.weight'),
    'surplus': lambda t: t.update(extra=torch.ones(3)),
    'misshapen': lambda t: t.update({'1.fc_for_pose.pose_0.bias': torch.ones(5)}),
    'NaN': lambda t: t.update({'0.conv_img.1.bias': torch.full((32,), torch.nan)}),
    'gives 5 numbers': lambda t: t.update(
        {'1.fc_for_pose.pose_0.weight': torch.ones(5, 256)}
    ),
}


@pytest.mark.parametrize('problem', REFUSED)
def test_other_tensors_are_refused(problem, golden, tmp_path):
    tensors = golden('opal_6d_opal').weights()
    REFUSED[problem](tensors)
    save_checkpoint(dict(state_dict=tensors), tmp_path / 'source.pth')
    with pytest.raises(ValueError, match=problem):
        convert(tmp_path / 'source.pth', tmp_path / 'ours.pth')
