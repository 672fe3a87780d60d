"""The mean absolute error (Equation 1)."""

import pytest
import torch

from mmfsa.models import L1Loss, Labels


def test_the_mean_over_faces_and_angles_by_weight():
    labels = Labels(
        torch.tensor([[10.0, 0, 0], [0, 0, 0]]),
        torch.tensor([[1.0, 0, 0], [0.5, 0.5, 0]]),
    )
    said = dict(pose=torch.tensor([[7.0, 100, 100], [1, -3, 100]]))
    loss = L1Loss()(said, labels)['loss'].item()
    assert loss == pytest.approx((3 + 0.5 + 1.5) / 2)


def test_without_any_weight_it_is_zero():
    labels = Labels(torch.ones(2, 3), torch.zeros(2, 3))
    assert L1Loss()(dict(pose=torch.zeros(2, 3)), labels)['loss'] == 0
