"""A network of timm as a backbone, with and without a neck."""

import sys

import pytest
import torch

from mmfsa.models import HeadPoseEstimator, TimmBackbone
from mmfsa.utils.packages import INSTALL


@pytest.fixture(scope='module')
def backbone():
    try:
        return TimmBackbone(out_indices=(2, 3, 4)).eval()
    except ImportError as error:
        pytest.skip(str(error))


def test_feature_maps_from_the_shallowest_to_the_deepest(backbone):
    features = backbone(torch.rand(2, 3, 64, 64))
    assert backbone.out_channels == (128, 256, 512)
    assert [tuple(f.shape) for f in features] == [
        (2, 128, 8, 8),
        (2, 256, 4, 4),
        (2, 512, 2, 2),
    ]


def test_placeholders_of_torchvision_are_gone(backbone):
    left = [name for name in sys.modules if name.split('.')[0] == 'torchvision']
    assert not any('Placeholder' in type(sys.modules[name]).__name__ for name in left)


def test_init_weights_keeps_what_timm_has_set(backbone):
    before = {name: p.clone() for name, p in backbone.named_parameters()}
    backbone.init_weights()
    assert all(torch.equal(p, before[n]) for n, p in backbone.named_parameters())


@pytest.mark.parametrize(
    'parts',
    [
        dict(head=dict(type='Rotation6DHead', in_features=512)),
        dict(
            neck=[
                dict(type='StageAlignment', in_channels=(128, 256, 512)),
                dict(type='FSANeck', aggregation=dict(type='CapsuleAggregation')),
            ],
            head=dict(type='SSRHead'),
        ),
    ],
    ids=['no neck', 'FSANeck'],
)
def test_as_the_backbone_of_an_estimator(backbone, parts):
    stages = (2, 3, 4) if 'neck' in parts else None
    model = HeadPoseEstimator(dict(type='TimmBackbone', out_indices=stages), **parts)
    assert model.eval()(torch.rand(2, 3, 64, 64)).shape == (2, 3)


def test_without_timm_the_message_has_the_remedy(monkeypatch):
    monkeypatch.setitem(sys.modules, 'timm', None)
    with pytest.raises(ImportError, match=r'timm does not import.*pip install'):
        TimmBackbone()
    assert 'mmfsa[timm]' in INSTALL['timm']


def test_some_batch_norms_keep_their_statistics(backbone):
    model = TimmBackbone(norm_eval=r'layer\d\.\d\.bn1').train()
    assert not model.model.layer1[0].bn1.training
    assert model.model.layer1[0].bn2.training and model.model.bn1.training
    assert model.model.layer1[0].bn1.weight.requires_grad
    assert not model.eval().model.bn1.training
    with pytest.raises(ValueError, match=r"no batch norm has a name like 'layer9'"):
        TimmBackbone(norm_eval='layer9')
