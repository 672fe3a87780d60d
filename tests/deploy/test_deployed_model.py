"""What the export learns of the parts that need float32."""

import torch
from torch import nn

from mmfsa.deploy.deployed_model import DeployedModel, WithFloat32Inputs
from mmfsa.models import BaseEstimator


class Part(nn.Module):
    def forward(self, features, *_, **__):
        return features


class TwoHeads(BaseEstimator):
    """Both heads take the same features; the second one also what the first says."""

    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(()))
        self.ears, self.eyes = Part(), Part()

    @property
    def float32_parts(self):
        return [self.ears, self.eyes]

    def regress(self, images):
        features = images.mean((2, 3)) * self.scale
        said = self.ears(features, torch.arange(3)) * 2
        return dict(pose=self.eyes([(features,)], others=dict(said=said))[0][0] + said)

    def loss(self, images, labels): ...


def test_every_tensor_that_parts_take_comes_once():
    images = torch.rand(2, 3, 64, 64)
    deployed = DeployedModel(TwoHeads())
    traced = WithFloat32Inputs(deployed, images)
    first, second = 'float32_input_0', 'float32_input_1'
    assert traced.calls == [[first], [first, second]]
    assert traced.output_names == ['pose', first, second]
    pose, features, said = traced(images)
    torch.testing.assert_close(features, images.mean((2, 3)))
    torch.testing.assert_close(said, 2 * features)
    torch.testing.assert_close(pose, deployed(images)[0])
    assert not deployed.model.ears._forward_pre_hooks, 'a hook is left'
