"""The loss of heatmaps: which labels count."""

import pytest
import torch

from mmfsa.models import HeatmapLoss, Labels


def labels(landmarks, weight=None):
    pose = torch.zeros(len(landmarks), 3)
    return Labels(pose, weight, others=dict(landmarks=torch.tensor(landmarks)))


def test_the_right_heatmaps_cost_nothing():
    loss = HeatmapLoss(sigma=1.0, radius=2)
    known = labels([[[0.3, 0.5]], [[0.9, 0.1]]])
    target = loss.target(known.others['landmarks'], (8, 16))
    assert target.shape == (2, 1, 8, 16)
    assert target[0, 0, 4, 4] == target[1, 0, 0, 14] == 1
    assert (target[0, 0] > 0).sum() == 25
    heatmaps = torch.stack([target, target + 1], dim=1)
    assert loss(dict(heatmaps=heatmaps), known)['loss'].item() == pytest.approx(1)


def test_landmarks_without_a_label_do_not_count():
    nan = float('nan')
    known = labels([[[nan, nan], [0.5, 0.5]], [[1.2, 0.5], [0.5, -0.1]]])
    heatmaps = torch.rand(2, 1, 2, 8, 8, requires_grad=True)
    HeatmapLoss()(dict(heatmaps=heatmaps), known)['loss'].backward()
    counts = heatmaps.grad.abs().sum((1, 3, 4)) > 0
    assert counts.tolist() == [[False, True], [False, False]]


def test_without_any_label_the_loss_is_0():
    heatmaps = torch.rand(1, 1, 2, 8, 8, requires_grad=True)
    loss = HeatmapLoss()(dict(heatmaps=heatmaps), Labels(torch.zeros(1, 3)))['loss']
    assert loss.item() == 0
    loss.backward()


def test_heads_without_heatmaps_are_refused():
    with pytest.raises(ValueError, match='HeatmapLoss needs heatmaps'):
        HeatmapLoss()(dict(pose=torch.zeros(1, 3)), Labels(torch.zeros(1, 3)))
