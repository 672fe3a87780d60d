"""Cross entropy of bins and the squared error."""

import math

import pytest
import torch
from torch import nn

from mmfsa.models import BinLoss, BinnedHead, Labels
from mmfsa.models.bins import Bins
from mmfsa.models.losses import build_loss


def said(logits, pose=(0.0, 0.0, 0.0)):
    return dict(logits=logits, pose=torch.tensor([pose]))


def test_cross_entropy_and_alpha_times_square():
    evenly = said(torch.zeros(1, 3, 66))
    pose = torch.tensor([[3.0, -6.0, 0.0]])
    losses = BinLoss(alpha=0.5)(evenly, Labels(pose))
    assert losses['loss_bins'].item() == pytest.approx(math.log(66), rel=1e-5)
    assert losses['loss_angles'].item() == pytest.approx(0.5 * (9 + 36) / 3, rel=1e-5)
    weight = torch.tensor([[1.0, 0.0, 0.0]])
    losses = BinLoss(alpha=0.5)(evenly, Labels(pose, weight))
    assert losses['loss_angles'].item() == pytest.approx(4.5)


@pytest.mark.parametrize(
    ('angle', 'right'), [(-99, 0), (-96.01, 0), (-96, 1), (0, 33), (98.9, 65), (99, 65)]
)
def test_labels_fall_into_their_bins(angle, right):
    sure = nn.functional.one_hot(torch.tensor([[right] * 3]), 66) * 1e4
    labels = Labels(torch.full((1, 3), float(angle)))
    loss = BinLoss()(said(sure.float()), labels)['loss_bins']
    assert loss.item() == pytest.approx(0, abs=1e-6)


def test_labels_beyond_the_bins_are_refused(samples):
    labels = Labels.of(samples([[0, 0, 0], [0, -120, 0]], img_path='faces/7.jpg'))
    outputs = dict(logits=torch.zeros(2, 3, 66), pose=torch.zeros(2, 3))
    with pytest.raises(ValueError, match=r'faces/7\.jpg.*-120.*±99.*max_angle=99'):
        BinLoss()(outputs, labels)
    BinLoss(angle_range=180.0)(outputs, labels)


def test_the_sum_over_angles_is_that_of_three_means():
    evenly = said(torch.zeros(2, 3, 66), pose=(0.0, 0.0, 0.0))
    evenly['pose'] = torch.zeros(2, 3)
    pose = torch.tensor([[3.0, -6.0, 0.0], [1.0, 2.0, 3.0]])
    weight = torch.tensor([[1.0, 1.0, 0.0], [1.0, 3.0, 0.0]])
    losses = BinLoss(over_angles='sum')(evenly, Labels(pose))
    assert losses['loss_bins'].item() == pytest.approx(3 * math.log(66), rel=1e-5)
    assert losses['loss_angles'].item() == pytest.approx((9 + 1 + 36 + 4 + 9) / 2)
    losses = BinLoss(over_angles='sum')(evenly, Labels(pose, weight))
    assert losses['loss_angles'].item() == pytest.approx((9 + 1) / 2 + (36 + 12) / 4)
    with pytest.raises(ValueError, match=r"one of mean, sum, got 'max'"):
        BinLoss(over_angles='max')


def test_whole_turns_do_not_count_where_errors_wrap():
    outputs = said(torch.zeros(1, 3, 120), pose=(-175.0, 0.0, 0.0))
    labels = Labels(torch.tensor([[175.0, 30.0, 0.0]]))
    loss = BinLoss(180.0, wrap=True)(outputs, labels)['loss_angles']
    assert loss.item() == pytest.approx((10**2 + 30**2) / 3)
    loss = BinLoss(180.0)(outputs, labels)['loss_angles']
    assert loss.item() == pytest.approx((350**2 + 30**2) / 3)


def test_bins_of_an_angle_that_has_fewer_are_of_no_account():
    head = BinnedHead(4, num_bins=(120, 66, 66), angle_range=(180.0, 99.0, 99.0))
    outputs = head(torch.rand(2, 4))
    outputs |= head.decode(outputs)
    loss = build_loss(None, head)
    labels = Labels(torch.tensor([[180.0, 99.0, -99.0], [-180.0, 0.0, 98.0]]))
    losses = loss(outputs, labels)
    assert losses['loss_bins'].item() < 10
    sum(losses.values()).backward()
    assert head.linear.weight.grad.isfinite().all()
    soft = build_loss(dict(type='BinLoss', soft_label=SHAW), head)
    assert soft(outputs, labels)['loss_bins'].item() < 10
    with pytest.raises(
        ValueError, match=r'beyond the bins, ±180, ±99, ±99; .*angle=99'
    ):
        loss(outputs, Labels(torch.tensor([[0.0, 120.0, 0.0], [0.0, 0.0, 0.0]])))


SHAW = 0.1, 0.2, 0.5, 0.2, 0.1


@pytest.mark.parametrize(
    ('angle', 'bins', 'weights'),
    [
        (1, [31, 32, 33, 34, 35], SHAW),
        (-99, [0, 1, 2], [1.1 * w / 0.8 for w in (0.5, 0.2, 0.1)]),
        (97, [63, 64, 65], [1.1 * w / 0.8 for w in (0.1, 0.2, 0.5)]),
        (-95, [0, 1, 2, 3], [1.1 * w / 1.0 for w in (0.2, 0.5, 0.2, 0.1)]),
    ],
)
def test_soft_labels_always_weigh_the_same(angle, bins, weights):
    """Also near an end, where the original code fails."""
    loss = BinLoss(soft_label=SHAW)
    labels = torch.full((1, 3), float(angle))
    target = loss.target(Bins(66, 99.0), labels, torch.zeros(1, 3, 66))
    expected = torch.zeros(66)
    expected[bins] = torch.tensor(weights)
    torch.testing.assert_close(target, expected.expand(1, 3, 66))
    assert target.sum().item() == pytest.approx(3.3)


def test_a_soft_label_has_a_middle():
    with pytest.raises(
        ValueError, match=r'one weight in the middle, got \(0\.5, 0\.5\)'
    ):
        BinLoss(soft_label=(0.5, 0.5))
