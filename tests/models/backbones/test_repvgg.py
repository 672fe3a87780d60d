"""RepVGG: one convolution a block computes what three branches compute."""

from types import SimpleNamespace

import pytest
import torch
from torch import nn

from mmfsa.deploy import for_deployment
from mmfsa.inputs import InputSpec
from mmfsa.models import RepVGG

SMALL = dict(widths=(8, 8, 8, 16, 32), depths=(2, 2, 3, 1), groups=2)


@pytest.fixture
def backbone():
    """A small network whose batch norms have statistics."""
    torch.manual_seed(0)
    network = RepVGG(**SMALL, out_indices=(1, 4))
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.normal_(module.bias, std=0.2)
            nn.init.normal_(module.running_mean, std=0.2)
            nn.init.uniform_(module.running_var, 0.5, 1.5)
    return network.eval()


@pytest.fixture
def images():
    return torch.rand(2, 3, 64, 96, generator=torch.Generator().manual_seed(0))


def test_feature_maps(backbone, images):
    assert backbone.out_channels == (8, 32)
    shapes = [tuple(feature.shape) for feature in backbone(images)]
    assert shapes == [(2, 8, 16, 24), (2, 32, 2, 3)]


def test_every_second_block_has_groups(backbone):
    found = [
        module.rbr_dense.conv.groups
        for module in backbone.modules()
        if hasattr(module, 'rbr_dense')
    ]
    assert found == [1, 1, 2, 1, 2, 1, 2, 1, 2]


@torch.no_grad()
def test_deployed_is_the_same(backbone, images):
    before = backbone(images)
    backbone.switch_to_deploy()
    names = [name for name, _ in backbone.named_parameters()]
    assert len(names) == 2 * 9 and all('rbr_reparam' in name for name in names)
    for found, expected in zip(backbone(images), before, strict=True):
        torch.testing.assert_close(found, expected, atol=1e-5, rtol=1e-4)
    backbone.switch_to_deploy()  # nothing is left to do
    fresh = RepVGG(**SMALL, out_indices=(1, 4), deploy=True)
    fresh.load_state_dict(backbone.state_dict())


class Estimator(nn.Sequential):
    """A backbone with what :func:`for_deployment` asks of an estimator."""

    inputs = InputSpec(size=64)
    data_preprocessor = SimpleNamespace(normalize=lambda images: images / 255)

    def outputs(self, images):
        return {str(i): features for i, features in enumerate(self(images))}


@torch.no_grad()
def test_an_export_is_deployed(backbone, images):
    lean = for_deployment(Estimator(backbone))
    kinds = {type(module) for module in lean.modules()}
    assert nn.BatchNorm2d not in kinds
    assert hasattr(backbone.stage0, 'rbr_dense')  # the model itself stays
    for found, expected in zip(lean(images), backbone(images), strict=True):
        torch.testing.assert_close(found, expected, atol=1e-5, rtol=1e-4)
