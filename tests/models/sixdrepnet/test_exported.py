"""The ONNX files of yakhyo/head-pose-estimation and uniface become checkpoints."""

import copy

import pytest
import torch
import torch.nn as nn

from mmfsa.engine import load_weights
from mmfsa.models.heads.base_head import as_vector
from mmfsa.models.heads.rotation_6d_head import FRONTAL
from mmfsa.registry import MODELS
from mmfsa.structures import rotation_6d_to_matrix
from mmfsa.zoo import get_config
from mmfsa.zoo.convert import convert

pytest.importorskip('onnx')
pytest.importorskip('onnxruntime')
SLOW = ('resnet18', 'resnet34', 'resnet50', 'mobilenet_v3_large')


def trained(name):
    """A network that looks trained: no norm is the identity."""
    torch.manual_seed(0)
    model = MODELS.build(get_config(f'yakhyo_{name}').model)
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.weight, 0.3, 0.6)
            nn.init.uniform_(module.bias, -0.2, 0.2)
            nn.init.uniform_(module.running_mean, -0.2, 0.2)
            nn.init.uniform_(module.running_var, 0.5, 1.5)
    return model.eval()


class AsLinear(nn.Module):
    """A convolution of one pixel as a linear layer, as torchvision has it."""

    def __init__(self, convolution):
        super().__init__()
        self.linear = nn.Linear(convolution.in_channels, convolution.out_channels)
        self.linear.weight.data = convolution.weight.data.flatten(1)
        self.linear.bias = convolution.bias

    def forward(self, images):
        return self.linear(images.flatten(1))[..., None, None]


class Exported(nn.Module):
    """What the files hold: normalised images in, rotation matrices out."""

    def __init__(self, model, transpose=False):
        super().__init__()
        self.model = copy.deepcopy(model)
        if hasattr(model.backbone, 'model') and hasattr(
            model.backbone.model, 'conv_head'
        ):
            network = self.model.backbone.model
            network.conv_head = AsLinear(network.conv_head)
        bias = self.model.head.linear.bias
        bias.data += bias.new_tensor(FRONTAL)
        self.transpose = transpose

    def forward(self, images):
        head = self.model.head
        features = as_vector(self.model.extract_feat(images), head.in_features)
        matrix = rotation_6d_to_matrix(head.linear(features))
        return matrix.transpose(1, 2) if self.transpose else matrix


@pytest.fixture
def export(tmp_path):
    def write(model, **options):
        path = tmp_path / 'uniface.onnx'
        image = torch.zeros(1, 3, 224, 224)
        torch.onnx.export(Exported(model, **options), image, path, dynamo=False)
        return path

    return write


@pytest.mark.parametrize(
    'name',
    [
        *('mobilenet_v2', 'mobilenet_v3_small'),
        *(pytest.param(name, marks=pytest.mark.slow) for name in SLOW),
    ],
)
@torch.no_grad()
def test_the_network_computes_what_the_file_does(name, export, tmp_path):
    first = trained(name)
    path = tmp_path / 'ours.pth'
    assert convert(export(first), path) == f'yakhyo_{name}.py'
    model = MODELS.build(get_config(f'yakhyo_{name}').model).eval()
    assert load_weights(model, path)['source'] == 'uniface.onnx'
    images = torch.randn(2, 3, 224, 224)
    expected = first.head(first.extract_feat(images))['rotation_6d']
    found = model.head(model.extract_feat(images))['rotation_6d']
    torch.testing.assert_close(found, expected, atol=1e-4, rtol=1e-4)


def test_a_file_that_computes_something_else_is_refused(export, tmp_path):
    path = export(trained('mobilenet_v2'), transpose=True)
    with pytest.raises(ValueError, match='computes other rotations than the file'):
        convert(path, tmp_path / 'ours.pth')
    assert not (tmp_path / 'ours.pth').exists()


def test_a_wider_file_is_refused(export, tmp_path):
    model = trained('resnet18')
    old = model.backbone.model.layer4[1].conv2
    model.backbone.model.layer4[1].conv2 = nn.Conv2d(
        old.in_channels, old.out_channels, 5, padding=2, bias=False
    )
    with pytest.raises(ValueError, match='misshapen layer 20'):
        convert(export(model), tmp_path / 'ours.pth')
