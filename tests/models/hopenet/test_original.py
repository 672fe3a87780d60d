"""Hopenet and Hopenet-lite compute what the original code computes."""

import re

import numpy as np
import pytest
import torch

from mmfsa.engine import load_weights
from mmfsa.models import Labels
from mmfsa.models.hopenet.original import (
    experiment,
    folded_lite_to_state_dict,
    lite_to_state_dict,
    to_state_dict,
)
from mmfsa.registry import MODELS
from mmfsa.zoo import get_config
from mmfsa.zoo.convert import convert

LITE = 'weights/rivals/hopenet_lite/hopenet_lite_folded_fp32.npz'


def build(name):
    return MODELS.build(get_config(name).model).eval()


@pytest.fixture(scope='module')
def hopenet(golden):
    """ResNet-50 with weights by the rule."""
    model = build('hopenet_resnet50')
    tensors = golden('hopenet_resnet50').weights()
    tensors = {name: value.numpy() for name, value in tensors.items()}
    model.load_state_dict(to_state_dict(tensors, model, 'hopenet.pkl'))
    return model


@pytest.fixture(scope='module')
def lite(golden, tmp_path_factory):
    """ShuffleNetV2 with weights by the rule, through a file with the original's names."""
    path = tmp_path_factory.mktemp('lite') / 'shuff.pkl'
    torch.save(golden('hopenet_lite_rule').weights(), path)
    assert convert(path, path.with_suffix('.pth')) == 'hopenet_lite.py'
    model = build('hopenet_lite')
    load_weights(model, path.with_suffix('.pth'))
    return model


def gradient(model, name):
    """The gradient of one of the original's tensors."""
    if name.startswith('fc_'):
        layer, kind = name.split('.')
        k = 'ypr'.index(layer[3])
        return getattr(model.head.linear, kind).grad.unflatten(0, (3, -1))[k]
    backbone = getattr(model.backbone, 'model', model.backbone)
    return backbone.get_parameter(name).grad


def check_loss(model, golden, told, rtol):
    model.zero_grad()
    losses = model.loss(golden.inputs('rand', model), Labels(golden.labels().float()))
    entropies, squares = told['parts'][::2], told['parts'][1::2]
    assert losses['loss_bins'].item() == pytest.approx(sum(entropies), rel=1e-5)
    assert losses['loss_angles'].item() == pytest.approx(sum(squares), rel=1e-5)
    sum(losses.values()).backward()
    for name, norm in told['grad_norm'].items():
        assert gradient(model, name).norm().item() == pytest.approx(norm, rel=rtol)


def test_resnet50(hopenet, golden):
    golden('hopenet_resnet50').check_bins('block', hopenet, num=1)


@pytest.mark.slow
@pytest.mark.parametrize('kind', ['rand', 'block'])
def test_features_of_resnet50(kind, hopenet, golden):
    golden = golden('hopenet_resnet50')
    network = hopenet.backbone.model
    names = golden.story['features'][kind].keys() - {'avgpool'}
    parts = {name: network.get_submodule(name) for name in names}
    golden.check_features(kind, parts, lambda: golden.check_bins(kind, hopenet))


@pytest.mark.slow
def test_loss_of_resnet50(hopenet, golden):
    golden = golden('hopenet_resnet50')
    check_loss(hopenet, golden, golden.story['loss']['eval_float32'], 1e-3)


@pytest.mark.parametrize('kind', ['rand', 'block'])
def test_lite_with_its_features(kind, lite, golden):
    golden = golden('hopenet_lite_rule')
    parts = {n: lite.backbone.get_submodule(n) for n in golden.story['features'][kind]}
    golden.check_features(kind, parts, lambda: golden.check_bins(kind, lite, num=2))


@pytest.mark.slow
def test_loss_of_lite(lite, golden):
    golden = golden('hopenet_lite_rule')
    check_loss(lite, golden, golden.story['loss']['eval_float32'], 1e-3)
    training = build('hopenet_lite')
    training.load_state_dict(lite.state_dict())
    training.train()
    check_loss(training, golden, golden.story['loss']['train_float32'], 1e-2)
    told = golden.story['loss']['train_bn_after_one_forward']
    norm = training.backbone.get_submodule(told['module'])
    assert (norm.momentum, norm.eps) == (told['momentum'], told['eps'])
    for buffer in ('running_mean', 'running_var'):
        torch.testing.assert_close(
            getattr(norm, buffer)[:8],
            torch.tensor(told[f'{buffer}_first8']),
            rtol=1e-4,
            atol=1e-5,
        )


def test_lite_with_its_real_weights(golden, shared, tmp_path):
    assert convert(shared / LITE, tmp_path / 'lite.pth') == 'hopenet_lite.py'
    model = build('hopenet_lite')
    load_weights(model, tmp_path / 'lite.pth')
    golden('hopenet_lite_real').check_bins('block', model, num=2)
    crops = np.load(shared / 'reference/rivals/parity/golden_hopenet_lite.npz')
    bgr = torch.from_numpy(crops['crops_rgb'][:2, ..., ::-1].copy())
    images = model.data_preprocessor.normalize(bgr.permute(0, 3, 1, 2).float())
    with torch.no_grad():
        poses = model(images)
    torch.testing.assert_close(
        poses, torch.from_numpy(crops['ypr'][:2]), rtol=0, atol=1e-3
    )


def test_what_training_leaves_alone():
    """Batch norms of the four stages but those of shortcuts, as in the original."""
    model = build('hopenet_resnet50').train()
    kept = {
        name
        for name, module in model.backbone.model.named_modules()
        if isinstance(module, torch.nn.BatchNorm2d) and not module.training
    }
    assert len(kept) == 48
    assert all(re.fullmatch(r'layer[1-4]\.\d\.bn[123]', name) for name in kept)


@pytest.mark.slow
def test_resnet50_through_a_file(hopenet, golden, tmp_path):
    path = tmp_path / 'hopenet_alpha2.pkl'
    torch.save(golden('hopenet_resnet50').weights(), path)
    assert convert(path, tmp_path / 'model.pth') == 'hopenet_resnet50_alpha2.py'
    model = build('hopenet_resnet50_alpha2')
    load_weights(model, tmp_path / 'model.pth')
    expected = hopenet.state_dict()
    assert all(torch.equal(v, expected[n]) for n, v in model.state_dict().items())


def test_the_file_name_tells_alpha(tmp_path):
    assert experiment({}, tmp_path / 'hopenet_alpha1.pkl') == 'hopenet_resnet50'
    assert experiment({}, tmp_path / 'hopenet_alpha2.pkl') == 'hopenet_resnet50_alpha2'


@pytest.mark.parametrize(
    ('edit', 'message'),
    [
        (
            lambda t: t.pop('conv5.bias'),
            r'missing the tensor of backbone\.conv5\.1\.bias',
        ),
        (lambda t: t.pop('fc_p.bias'), r'missing fc_p\.bias'),
        (lambda t: t.update({'extra': np.ones(3)}), r'surplus extra'),
        (lambda t: t.update({'fc_r.bias': np.ones(62)}), r'misshapen fc_r\.bias'),
        (
            lambda t: t.update({'conv1.weight': np.ones((24, 3, 5, 5))}),
            r'misshapen conv1\.0\.weight',
        ),
    ],
)
def test_other_tensors_are_refused_by_name(edit, message, shared):
    tensors = dict(np.load(shared / LITE))
    edit(tensors)
    with pytest.raises(
        ValueError, match=f'lite.npz does not fit the model: .*{message}'
    ):
        folded_lite_to_state_dict(tensors, build('hopenet_lite'), 'lite.npz')


def test_the_unused_layer_is_left_out(golden):
    model = build('hopenet_lite')
    tensors = golden('hopenet_lite_rule').weights()
    tensors = {name: value.numpy() for name, value in tensors.items()}
    tensors['fc_finetune.weight'] = np.ones((3, 1027), np.float32)
    lite_to_state_dict(tensors, model, 'lite.pkl')
