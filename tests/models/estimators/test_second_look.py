"""A second look at each face."""

import numpy as np
import pytest
import torch

from mmfsa.models import SecondLook

PLACES = torch.stack(torch.meshgrid(*[torch.arange(64.0)] * 2, indexing='xy'))


def test_crops_move_by_pixels_as_far_as_asked_for():
    torch.manual_seed(0)
    images = PLACES.expand(200, 2, 64, 64)  # what a pixel shows is its place
    moved = SecondLook(shift=3, scale=0)(images) - images
    inner = moved[:, :, 4:-4, 4:-4].flatten(2)
    assert inner.std(dim=2).max() < 1e-3  # all pixels by the same
    shifts = inner.mean(dim=2)
    assert 2.7 < shifts.abs().max() <= 3 + 1e-3
    np.testing.assert_allclose(shifts.mean(0), 0, atol=0.4)
    assert abs(np.corrcoef(shifts.T)[0, 1]) < 0.2


def test_crops_get_wider_and_narrower():
    torch.manual_seed(0)
    images = PLACES.expand(200, 2, 64, 64)
    seen = SecondLook(shift=0, scale=0.1)(images)
    times = (seen[:, :, 40, 40] - seen[:, :, 20, 20]) / 20
    assert times.min() == pytest.approx(0.9, abs=0.02)
    assert times.max() == pytest.approx(1.1, abs=0.02)
    np.testing.assert_allclose(times[:, 0], times[:, 1], atol=1e-3)


def test_a_crop_that_shows_more_repeats_its_edge():
    images = torch.full((5, 3, 64, 64), 7.0)
    torch.testing.assert_close(SecondLook(shift=9, scale=0.2)(images), images)


def test_the_estimator_sees_each_face_twice_in_training_only(network, samples):
    looks = dict(type='ConsistencyLoss')
    loss = dict(type='SumLoss', parts=dict(labels=dict(type='L1Loss'), looks=looks))
    model = network('SSRHead', second_look=dict(type='SecondLook'), loss=loss).train()
    seen = []
    model.backbone.register_forward_pre_hook(lambda _, given: seen.append(given[0]))
    images = torch.rand(4, 3, 64, 64) * 255
    losses = model(images, samples([[10, 20, 30]] * 4), mode='loss')
    assert {*losses} == {'loss_labels', 'loss_looks'}
    assert losses['loss_looks'] > 0
    assert seen[0].shape == (8, 3, 64, 64)
    torch.testing.assert_close(seen[0][:4], images)
    model.eval()(images)
    assert seen[1].shape == (4, 3, 64, 64)
