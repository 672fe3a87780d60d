"""A head learns its spread from its errors, also where it says only angles."""

import torch

from mmfsa.models.losses import Labels, RotationNLLLoss
from mmfsa.structures import pose_to_matrix


def test_a_pose_stands_for_its_rotation():
    torch.manual_seed(0)
    pose, label = torch.randn(2, 5, 3) * 20
    scales = torch.eye(3).expand(5, 3, 3) * 0.2
    loss, labels = RotationNLLLoss(), Labels(label)
    said = dict(pose=pose, rotation_scales=scales)
    whole = dict(said, pose=None, rotation=pose_to_matrix(pose))
    assert torch.equal(loss(said, labels)['loss'], loss(whole, labels)['loss'])


def test_the_best_scale_is_the_size_of_the_errors():
    torch.manual_seed(0)
    pose = torch.randn(2000, 3) * 5  # degrees about the label
    labels, loss = Labels(torch.zeros(2000, 3)), RotationNLLLoss(outliers=0)
    costs = {
        degrees: loss(
            dict(pose=pose, rotation_scales=torch.eye(3) * torch.deg2rad(degrees)),
            labels,
        )['loss']
        for degrees in torch.arange(2.0, 9)
    }
    assert min(costs, key=costs.get) == 5
