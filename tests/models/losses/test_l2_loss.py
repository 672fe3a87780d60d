"""The mean squared error."""

import pytest
import torch

from mmfsa.models import L2Loss, Labels


def test_the_mean_square_counts_as_much_as_the_weights_say():
    pose = torch.tensor([[1.0, 2, 3], [10, 0, 0]])
    weight = torch.tensor([[1.0, 1, 1], [0.5, 0, 0]])
    labels = Labels(torch.zeros(2, 3), weight)
    loss = L2Loss()(dict(pose=pose), labels)
    assert loss['loss'].item() == pytest.approx((1 + 4 + 9 + 50) / 3.5)
