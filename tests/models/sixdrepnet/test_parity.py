"""6DRepNet and its relatives compute what the original code computes."""

from pathlib import Path

import numpy as np
import pytest
import torch

from mmfsa.engine import load_weights, save_checkpoint
from mmfsa.models.heads.rotation_6d_head import FRONTAL
from mmfsa.models.losses import Labels
from mmfsa.registry import MODELS
from mmfsa.structures import wrapped_difference
from mmfsa.zoo import get_config
from mmfsa.zoo.convert import CONVERTERS, convert

MEAN = torch.tensor([0.485, 0.456, 0.406]).view(3, 1, 1)
STD = torch.tensor([0.229, 0.224, 0.225]).view(3, 1, 1)
FILES = {
    'sixdrepnet': 'sixdrepnet',
    'sixdrepnet360': 'sixdrepnet360',
    'yakhyo_resnet18': 'yakhyo_resnet18',
    'yakhyo_mobilenetv2': 'yakhyo_mobilenet_v2',
    'yakhyo_mobilenetv3_small': 'yakhyo_mobilenet_v3_small',
}
PARAMETERS = {
    'sixdrepnet': 43_745_670,
    'sixdrepnet_deployed': 39_323_398,
    'sixdrepnet360': 23_520_326,
    'yakhyo_resnet18': 11_179_590,
    'yakhyo_mobilenet_v2': 2_231_558,
    'yakhyo_mobilenet_v3_small': 1_524_006,
}
KINDS = 'rand', 'block'
ALL = pytest.mark.parametrize('name', FILES)


@pytest.fixture(scope='module')
def original(golden):
    """The golden file of a network and our network with the same weights."""
    made = {}

    def make(name):
        if name not in made:
            made.clear()  # one network at a time: they are large
            file = golden(name)
            made[name] = file, converted(file.weights(), FILES[name])
        file, model = made[name]
        return file, model.eval()

    return make


def converted(weights, experiment):
    """Our network with an original's weights; files, which take time, are left out."""
    tensors = {key: value.numpy() for key, value in weights.items()}
    (converter,) = (c for c in CONVERTERS if c.recognises(tensors))
    assert converter.experiment(tensors, Path('original.pth')) == experiment
    model = MODELS.build(get_config(experiment).model)
    state_dict = converter.state_dict(tensors, model, Path('original.pth'))
    model.load_state_dict(state_dict)
    return model


def normalised(file, kind):
    return (file.images(kind) - MEAN) / STD


def first_images(file):
    """The first image of each kind."""
    return torch.cat([normalised(file, kind)[:1] for kind in KINDS])


@ALL
@torch.no_grad()
def test_outputs(name, original):
    file, model = original(name)
    outputs = model.head(model.extract_feat(first_images(file)))
    found = {**outputs, **model.head.decode(outputs)}
    expected = torch.cat([file[f'{kind}_raw6d'][:1] for kind in KINDS])
    torch.testing.assert_close(found['rotation_6d'], expected, atol=1e-4, rtol=1e-5)
    expected = torch.cat([file[f'{kind}_project_R'][:1] for kind in KINDS])
    torch.testing.assert_close(found['rotation'], expected, atol=1e-5, rtol=0)
    expected = torch.cat([file[f'{kind}_project_ypr'][:1] for kind in KINDS])
    assert wrapped_difference(found['pose'], expected).max() < 0.1


@pytest.mark.slow
@ALL
def test_loss_and_gradients(name, original):
    file, model = original(name)
    images = normalised(file, 'rand')
    labels = Labels(file.labels().float())
    outputs = model.head(model.extract_feat(images))
    loss = model.criterion({**outputs, **model.head.decode(outputs)}, labels)['loss']
    expected = file.story['loss']['eval_float32']
    assert np.radians(loss.item()) == pytest.approx(expected['loss'], rel=1e-5)
    model.zero_grad()
    torch.deg2rad(loss).backward()
    parameters = our_names(model, file)
    for key, norm in expected['grad_norm'].items():
        gradient = parameters[key].grad.norm().item()
        assert gradient == pytest.approx(norm, rel=2e-3), key


def our_names(model, file):
    """The parameters of our network by the original's names: both in their order."""
    keys = [
        key
        for key, *_ in file.story['state_dict']
        if not key.endswith(('running_mean', 'running_var', 'num_batches_tracked'))
    ]
    ours = [p for _, p in model.named_parameters()]
    assert len(keys) == len(ours)
    return dict(zip(keys, ours, strict=True))


@pytest.mark.slow
@ALL
@torch.no_grad()
def test_statistics_after_one_step(name, original):
    """Momentum and epsilon of the first batch norm."""
    file, model = original(name)
    expected = file.story['loss']['train_bn_after_one_forward']
    norm = next(
        module for _, module in model.named_modules() if isinstance(module, torch.nn.BatchNorm2d)
    )
    before = norm.running_mean.clone(), norm.running_var.clone()
    assert norm.eps == expected['eps']
    model.train().extract_feat(normalised(file, 'rand'))
    for key in ('running_mean', 'running_var'):
        torch.testing.assert_close(
            getattr(norm, key)[:8],
            torch.tensor(expected[f'{key}_first8']),
            atol=1e-5,
            rtol=1e-5,
        )
    norm.running_mean.copy_(before[0])
    norm.running_var.copy_(before[1])


@pytest.mark.slow
@torch.no_grad()
def test_the_deployed_form(original):
    file, model = original('sixdrepnet')
    story = file.story['deployed']
    model.backbone.switch_to_deploy()
    weights = {
        key.replace('backbone.stage', 'layer').replace('head.linear', 'linear_reg'): v
        for key, v in model.state_dict().items()
    }
    weights['linear_reg.bias'] = weights['linear_reg.bias'] + torch.tensor(FRONTAL)
    shapes = {key: tuple(shape) for key, shape, _ in story['state_dict']}
    assert {key: tuple(value.shape) for key, value in weights.items()} == shapes
    for block, tensors in story['fused'].items():
        for kind, expected in tensors.items():
            found = weights[f'{block}.{kind}'].flatten()[expected['flat_index']]
            wanted = torch.tensor(expected['values'])
            torch.testing.assert_close(found, wanted, atol=1e-6, rtol=1e-5)
    deployed = converted(weights, 'sixdrepnet_deployed').eval()
    found = deployed.head(deployed.extract_feat(first_images(file)))['rotation_6d']
    expected = torch.cat([file[f'{kind}_deployed_raw6d'][:1] for kind in KINDS])
    torch.testing.assert_close(found, expected, atol=1e-4, rtol=1e-5)


@pytest.mark.parametrize('name', PARAMETERS)
def test_parameters(name):
    with torch.device('meta'):
        model = MODELS.build(get_config(name).model)
    assert sum(p.numel() for p in model.parameters()) == PARAMETERS[name]


def test_a_file_becomes_a_checkpoint(golden, tmp_path):
    source, path = tmp_path / 'source.pt', tmp_path / 'ours.pth'
    weights = golden('yakhyo_mobilenetv3_small').weights()
    save_checkpoint(dict(model_state_dict=weights), source)
    assert convert(source, path) == 'yakhyo_mobilenet_v3_small.py'
    model = MODELS.build(get_config('yakhyo_mobilenet_v3_small').model)
    assert load_weights(model, path)['source'] == 'source.pt'


@pytest.mark.parametrize(
    ('name', 'file', 'experiment'),
    [
        ('sixdrepnet360', '6DRepNet360_300W_LP.pth', 'sixdrepnet360'),
        ('sixdrepnet360', 'resnet50.pt', 'yakhyo_resnet50'),
        ('yakhyo_resnet18', 'a.pt', 'yakhyo_resnet18'),
    ],
)
def test_resnets_are_told_apart(name, file, experiment, golden):
    tensors = dict.fromkeys(key for key, *_ in golden(name).story['state_dict'])
    (converter,) = (c for c in CONVERTERS if c.recognises(tensors))
    assert converter.experiment(tensors, Path(file)) == experiment


REFUSED = {
    'missing': lambda t: t.pop('features.3.block.1.0.weight'),
    'surplus': lambda t: t.update(extra=torch.ones(3)),
    'misshapen': lambda t: t.update({'linear_reg.2.bias': torch.ones(5)}),
    'NaN': lambda t: t.update({'features.0.0.weight': torch.full((16,), torch.nan)}),
}


@pytest.mark.parametrize('problem', REFUSED)
def test_other_tensors_are_refused(problem, golden, tmp_path):
    tensors = golden('yakhyo_mobilenetv3_small').weights()
    REFUSED[problem](tensors)
    save_checkpoint(dict(state_dict=dict(tensors)), tmp_path / 'source.pth')
    with pytest.raises(ValueError, match=problem):
        convert(tmp_path / 'source.pth', tmp_path / 'ours.pth')
    assert not (tmp_path / 'ours.pth').exists()
