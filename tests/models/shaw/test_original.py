"""Shaw's network computes what the original code computes."""

import numpy as np
import pytest
import torch

from mmfsa.models import Labels
from mmfsa.models.shaw.original import to_state_dict
from mmfsa.registry import MODELS
from mmfsa.structures import ANGLES
from mmfsa.zoo import get_config
from mmfsa.zoo.convert import convert
from mmfsa.zoo.foreign import read_tensors

WEIGHTS = 'weights/rivals/shaw_b66/model-b66.pkl'


def build():
    return MODELS.build(get_config('shaw_b66').model).eval()


@pytest.fixture(scope='module')
def real(shared, model_of_file):
    return model_of_file(shared / WEIGHTS, 'shaw_b66')


@pytest.fixture(scope='module')
def ruled(golden):
    """With weights by the rule."""
    tensors = golden('shaw_b66_rule').weights()
    tensors = {name: value.numpy() for name, value in tensors.items()}
    model = build()
    model.load_state_dict(to_state_dict(tensors, model, 'model.pkl'))
    return model


@pytest.mark.parametrize('weights', ['real', 'rule'])
@pytest.mark.parametrize('kind', ['rand', 'block'])
def test_outputs_with_features(weights, kind, real, ruled, golden):
    golden = golden(f'shaw_b66_{weights}')
    model = real if weights == 'real' else ruled
    parts = {
        name: model.backbone.get_submodule(name)
        for name in golden.story['features'][kind]
        if name != 'features.9'  # the head's
    }
    golden.check_features(kind, parts, lambda: golden.check_bins(kind, model, num=2))


def gradient(model, name):
    if name.startswith('fc_'):
        angle, kind = name.removeprefix('fc_').split('.')
        grad = getattr(model.head.linear, kind).grad
        return grad.unflatten(0, (3, -1))[ANGLES.index(angle)]
    return model.backbone.get_parameter(name).grad


@pytest.mark.parametrize('mode', ['eval', 'train'])
def test_loss_and_gradients(mode, ruled, golden):
    golden = golden('shaw_b66_rule')
    told = golden.story['loss'][f'{mode}_float32']
    model = build()
    model.load_state_dict(ruled.state_dict())
    model.train(mode == 'train')
    losses = model.loss(golden.inputs('rand', model), Labels(golden.labels().float()))
    assert losses['loss_bins'].item() == pytest.approx(told['loss'], rel=1e-5)
    assert losses['loss_angles'].item() == 0
    sum(losses.values()).backward()
    rtol = 1e-3 if mode == 'eval' else 1e-2
    for name, norm in told['grad_norm'].items():
        assert gradient(model, name).norm().item() == pytest.approx(norm, rel=rtol)


def test_crops_of_faces(real, shared):
    golden = np.load(shared / 'reference/rivals/parity/golden_whenet_shaw.npz')
    bgr = torch.from_numpy(golden['crops_rgb'][..., ::-1].copy())
    images = real.data_preprocessor.normalize(bgr.permute(0, 3, 1, 2).float())
    with torch.no_grad():
        (feature,) = real.extract_feat(images)
    np.testing.assert_allclose(
        feature.mean(dim=(2, 3)).relu(), golden['shaw_features'], atol=1e-4
    )
    poses = real.head.decode(real.head(feature))['pose'].detach()
    np.testing.assert_allclose(poses, golden['shaw_ypr'], rtol=0, atol=1e-3)


@pytest.mark.parametrize(
    ('edit', 'message'),
    [
        (lambda t: t.pop('fc_roll.weight'), r'missing fc_roll\.weight'),
        (
            lambda t: t.pop('features.1.dw_conv.1.running_var'),
            r'missing the tensor of backbone\.features\.1\.dw_conv\.1\.running_var',
        ),
        (lambda t: t.update({'fc_x.bias': np.ones(3)}), r'surplus fc_x\.bias'),
        (lambda t: t.update({'fc_yaw.bias': np.ones(62)}), r'misshapen fc_yaw\.bias'),
    ],
)
def test_other_tensors_are_refused_by_name(edit, message, shared):
    tensors = read_tensors(shared / WEIGHTS)
    edit(tensors)
    with pytest.raises(ValueError, match=f'x.pkl does not fit the model: .*{message}'):
        to_state_dict(tensors, build(), 'x.pkl')


def test_a_cut_file_is_refused(shared, tmp_path):
    content = (shared / WEIGHTS).read_bytes()
    (tmp_path / 'cut.pkl').write_bytes(content[:-5000])
    with pytest.raises(ValueError, match=r'cut\.pkl'):
        convert(tmp_path / 'cut.pkl', tmp_path / 'model.pth')
    assert not (tmp_path / 'model.pth').exists()
