"""Cross entropy of bins and the squared error."""

import math

import pytest
import torch
from torch import nn

from mmfsa.models import BinLoss, Labels


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
