"""Two looks at one face."""

import pytest
import torch

from mmfsa.models import ConsistencyLoss, Labels

LOOKS = torch.tensor([[10.0, 0, 0], [0, 0, 0], [40, 0, 0], [0, 0, -20]])


def test_the_mean_angle_between_the_looks():
    labels = Labels(torch.zeros(4, 3))  # they don't matter
    loss = ConsistencyLoss()(dict(pose=LOOKS), labels)['loss'].item()
    assert loss == pytest.approx((30 + 20) / 2, rel=1e-5)


def test_looks_without_a_second_look_are_refused():
    with pytest.raises(ValueError, match=r'got 3 looks: set the model.s second_look'):
        ConsistencyLoss()(dict(pose=LOOKS[:3]), Labels(torch.zeros(3, 3)))
