"""Losses of any output: labels that some faces lack, weights, columns and targets."""

import math

import pytest
import torch

from mmfsa.models.losses import (
    Labels,
    OutputL2Loss,
    OutputNLLLoss,
    OutputWingLoss,
)


def labels(weight=None, **others):
    return Labels(torch.zeros(2, 3), weight, others=others)


def test_faces_without_a_label_do_not_count():
    box = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    label = torch.tensor([[1.0, 0.0], [math.nan, math.nan]])
    loss = OutputL2Loss('box')(dict(box=box), labels(box=label))['loss']
    assert float(loss) == 2
    loss.backward()
    assert box.grad.tolist() == [[0, 2], [0, 0]]


def test_without_any_label_the_loss_is_0():
    box = torch.ones(2, 4, requires_grad=True)
    loss = OutputL2Loss('box')(dict(box=box), labels())['loss']
    loss.backward()
    assert float(loss) == 0
    assert not box.grad.any()


def test_columns_weights_and_targets():
    place = torch.tensor([[1.0, 2.0, 9.0]] * 2)
    columns = OutputL2Loss('place', columns=(0, 1))
    known = labels(place=torch.zeros(2, 3))
    assert float(columns(dict(place=place), known)['loss']) == 2.5
    points = torch.ones(2, 2, 3)
    weighted = OutputL2Loss('points', weights=[1, 0])
    known = labels(points=torch.zeros(2, 2, 3))
    assert float(weighted(dict(points=points), known)['loss']) == 0.5
    length = OutputL2Loss('length', target=1)
    said = dict(length=torch.tensor([3.0, 1.0]))
    assert float(length(said, labels())['loss']) == 2
    weight = torch.tensor([[1.0] * 3, [3.0] * 3])
    assert float(length(said, labels(weight))['loss']) == 1


def test_standard_deviations():
    said = dict(box=torch.ones(2, 4), box_scales=torch.full((2, 4), 2.0))
    found = OutputNLLLoss('box')(said, labels(box=torch.zeros(2, 4)))['loss']
    expected = 1 / 8 + math.log(2) + math.log(2 * math.pi) / 2
    assert float(found) == pytest.approx(expected)


def test_an_outlier_costs_no_more_than_its_share():
    said = dict(
        place=torch.zeros(2, 3), place_scales=1e-3 * torch.eye(3).expand(2, 3, 3)
    )
    far = labels(place=torch.full((2, 3), 5.0))
    loss = OutputNLLLoss('place', outliers=0.001, volume=4.0)
    assert float(loss(said, far)['loss']) == pytest.approx(math.log(4000))


def test_wing_loss_by_hand():
    """Feng et al., Eq. 5: w·ln(1 + x/ε) below w, x − C above it, without a jump."""
    loss = OutputWingLoss('landmarks', width=10, curvature=2)

    def cost(error):
        found = torch.full((2, 1, 2), error)
        return float(loss(dict(landmarks=found), labels(landmarks=0 * found))['loss'])

    assert cost(3.0) == pytest.approx(10 * math.log(1 + 3 / 2))
    step = 10 - 10 * math.log(1 + 10 / 2)
    assert cost(-25.0) == pytest.approx(25 - step, rel=1e-6)
    assert cost(10 - 1e-4) == pytest.approx(cost(10 + 1e-4), abs=1e-3)
