"""The mean geodesic distance."""

import pytest
import torch

from mmfsa.models import GeodesicLoss, Labels
from mmfsa.structures import pose_to_matrix

SAID = torch.tensor([[10.0, 0, 0], [0, 0, 0], [179, 0, 0]])
WANTED = torch.tensor([[40.0, 0, 0], [0, 0, -20], [-179, 0, 0]])


@pytest.mark.parametrize('name', ['pose', 'rotation'])
def test_the_mean_angle_by_weight(name):
    said = dict(pose=SAID)
    if name == 'rotation':  # it goes before the pose
        said = dict(pose=SAID * 0, rotation=pose_to_matrix(SAID))
    loss = GeodesicLoss()(said, Labels(WANTED))['loss'].item()
    assert loss == pytest.approx(52 / 3, rel=1e-5)
    weight = torch.tensor([[2.0] * 3, [0.0] * 3, [0.5, 1.0, 0.0]])
    loss = GeodesicLoss()(said, Labels(WANTED, weight))['loss'].item()
    assert loss == pytest.approx((2 * 30 + 0.5 * 2) / 2.5, rel=1e-5)


@pytest.mark.parametrize('error', [0.0, 1e-6, 90.0, 180.0])
def test_finite_gradients_everywhere(error):
    rotation = pose_to_matrix(torch.tensor([[0.0, 0, error]]).double())
    rotation.requires_grad_()
    said = dict(pose=torch.zeros(1, 3), rotation=rotation)
    GeodesicLoss()(said, Labels(torch.zeros(1, 3)))['loss'].backward()
    assert rotation.grad.isfinite().all()
