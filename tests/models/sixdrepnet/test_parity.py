"""6DRepNet and its relatives compute what the original code computes."""

import copy
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
ALL = pytest.mark.parametrize('name', FILES)


@ALL
@torch.no_grad()
def test_outputs(name, original):
    file, model = original(name, FILES[name])
    outputs = model.head(model.extract_feat(file.first_images(model)))
    found = {**outputs, **model.head.decode(outputs)}
    torch.testing.assert_close(
        found['rotation_6d'], file.first('raw6d'), atol=1e-4, rtol=1e-5
    )
    torch.testing.assert_close(
        found['rotation'], file.first('project_R'), atol=1e-5, rtol=0
    )
    assert wrapped_difference(found['pose'], file.first('project_ypr')).max() < 0.1


@pytest.mark.slow
@ALL
def test_loss_and_gradients(name, original, check_gradients):
    file, model = original(name, FILES[name])
    labels = Labels(file.labels().float())
    loss = torch.deg2rad(model.loss(file.inputs('rand', model), labels)['loss'])
    expected = file.story['loss']['eval_float32']['loss']
    assert loss.item() == pytest.approx(expected, rel=1e-5)
    check_gradients(file, model, loss)


@pytest.mark.slow
@ALL
@torch.no_grad()
def test_statistics_after_one_step(name, original):
    """Momentum and epsilon of the first batch norm."""
    file, model = original(name, FILES[name])
    expected = file.story['loss']['train_bn_after_one_forward']
    norm = next(m for m in model.modules() if isinstance(m, torch.nn.BatchNorm2d))
    state_dict = {key: value.clone() for key, value in model.state_dict().items()}
    assert norm.eps == expected['eps']
    model.train().extract_feat(file.inputs('rand', model))
    for key in ('running_mean', 'running_var'):
        torch.testing.assert_close(
            getattr(norm, key)[:8],
            torch.tensor(expected[f'{key}_first8']),
            atol=1e-5,
            rtol=1e-5,
        )
    model.load_state_dict(state_dict)


@pytest.mark.slow
@torch.no_grad()
def test_the_deployed_form(original):
    file, model = original('sixdrepnet', 'sixdrepnet')
    story = file.story['deployed']
    model = copy.deepcopy(model)
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
    tensors = {key: value.numpy() for key, value in weights.items()}
    (converter,) = (c for c in CONVERTERS if c.recognises(tensors))
    assert converter.experiment(tensors, Path('a.pth')) == 'sixdrepnet_deployed'
    deployed = MODELS.build(get_config('sixdrepnet_deployed').model).eval()
    state_dict = converter.state_dict(tensors, deployed, Path('a.pth'))
    deployed.load_state_dict(state_dict)
    found = deployed.head(deployed.extract_feat(file.first_images(model)))
    torch.testing.assert_close(
        found['rotation_6d'], file.first('deployed_raw6d'), atol=1e-4, rtol=1e-5
    )


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
    shapes = golden(name).story['state_dict']
    tensors = {key: np.zeros(shape, np.float32) for key, shape, _ in shapes}
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
