"""3DDFA_V2 and SynergyNet compute what the original code computes."""

import numpy as np
import pytest
import torch

from mmfsa.deploy.estimator import stand_in
from mmfsa.engine import load_weights
from mmfsa.inputs import crop_face
from mmfsa.models.tddfa.original import synergynet_to_state_dict, to_state_dict
from mmfsa.registry import MODELS
from mmfsa.structures import (
    geodesic_distance,
    matrix_to_mixed_pose,
    matrix_to_pose,
    matrix_to_zyx_pose,
)
from mmfsa.zoo import get_config
from mmfsa.zoo.convert import convert
from mmfsa.zoo.foreign import read_tensors

WEIGHTS = 'weights/rivals/3ddfa_v2/mb05_120x120.pth'


def build(name):
    return MODELS.build(get_config(name).model).eval()


@pytest.fixture(scope='module')
def real(shared, model_of_file):
    return model_of_file(shared / WEIGHTS, 'tddfa_v2_mb05')


@pytest.fixture(scope='module')
def ruled(golden):
    """With weights by the rule."""
    model = build('tddfa_v2_mb1')
    tensors = numpy(golden('tddfa_v2_mb1_rule').weights())
    model.load_state_dict(to_state_dict(tensors, model, 'mb1.pth'))
    return model


def numpy(tensors):
    return {name: value.numpy() for name, value in tensors.items()}


def synergynet_tensors(golden):
    """Tensors by the rule; the face model's, which nothing here reads, are made up."""
    story = golden('synergynet_mbv2')
    face = {'u', 'w_shp', 'w_exp', 'u_base', 'w_shp_base', 'w_exp_base'}
    kept = {name: story[name].numpy() for name in ('param_mean', 'param_std')}
    story._check = lambda _: None  # its digest is of the face model, too
    shapes = {key: shape for key, shape, _ in story.story['state_dict']}
    kept |= {name: np.zeros(shapes[name], np.float32) for name in face}
    return numpy(story.weights(**kept))


@pytest.fixture(scope='module')
def synergynet(golden):
    model = build('synergynet')
    tensors = synergynet_tensors(golden)
    model.load_state_dict(synergynet_to_state_dict(tensors, model, 'best.pth.tar'))
    return model


@torch.no_grad()
def outputs_of(model, images):
    raw = model.head(model.extract_feat(images))
    return {**raw, **model.head.decode(raw)}


def check_outputs(golden, kind, model, num=None):
    found = outputs_of(model, golden.inputs(kind, model, num))
    expected = golden[f'{kind}_params_whitened'][:num]
    torch.testing.assert_close(found['parameters'], expected, rtol=1e-5, atol=1e-4)
    rotation = golden[f'{kind}_project_R'][:num]
    torch.testing.assert_close(found['rotation'], rotation, rtol=0, atol=2e-5)
    pose = golden[f'{kind}_project_ypr'][:num]
    torch.testing.assert_close(found['pose'], pose, rtol=0, atol=1e-3)
    return found


PLACES = {'dw2_1': 0, 'dw3_2': 3, 'dw4_2': 5, 'dw5_5': 10, 'dw6': 12}


@pytest.mark.parametrize('weights', ['mb05_real', 'mb1_rule'])
@pytest.mark.parametrize('kind', ['rand', 'block'])
def test_outputs_with_features(weights, kind, real, ruled, golden):
    golden = golden(f'tddfa_v2_{weights}')
    model = real if weights == 'mb05_real' else ruled
    parts = {name: model.backbone.blocks[i] for name, i in PLACES.items()}
    parts['bn1'] = model.backbone.stem.bn
    golden.check_features(
        kind, parts, lambda: check_outputs(golden, kind, model, num=2)
    )


@pytest.mark.parametrize('kind', ['rand', 'block'])
def test_synergynet(kind, synergynet, golden):
    golden = golden('synergynet_mbv2')
    parts = {
        f'n.I2P.backbone.features.{i}': synergynet.backbone.features[i]
        for i in (0, 3, 10, 18)
    }
    golden.check_features(
        kind, parts, lambda: check_outputs(golden, kind, synergynet, num=2)
    )


def test_synergynets_own_order(golden):
    """The formulas of its decoder, on matrices whose y points up."""
    story = golden('tddfa_v2_crops')
    m = story['matrix_M64']
    published = torch.stack(
        [
            m[:, 2, 0].asin(),
            torch.atan2(m[:, 1, 2], m[:, 2, 2]),
            torch.atan2(m[:, 0, 1], m[:, 0, 0]),
        ],
        dim=1,
    )
    found = matrix_to_mixed_pose(m * signs())
    torch.testing.assert_close(found, published.rad2deg(), rtol=0, atol=1e-6)


def test_the_authors_own_order(golden):
    story = golden('tddfa_v2_crops')
    rotation = story['matrix_M64'] * signs()  # the authors' y points up
    published = matrix_to_zyx_pose(rotation) * torch.tensor([1, -1, -1])
    expected = story['matrix2angle_deg64']
    torch.testing.assert_close(published, expected, rtol=0, atol=1e-3)
    labels = story['label_ypr64']
    torch.testing.assert_close(matrix_to_pose(rotation), labels, rtol=0, atol=1e-6)


def signs():
    sign = torch.tensor([1.0, -1.0, -1.0], dtype=torch.float64)
    return sign[:, None] * sign


def test_numbers_in_their_own_units(golden):
    story = golden('tddfa_v2_mb05_real')
    head = MODELS.build(get_config('tddfa_v2_mb05').model.head)
    found = head.decode(dict(parameters=story['rand_params_whitened']))
    expected = story['rand_params_dewhitened'][:, :12].unflatten(1, (3, 4))
    torch.testing.assert_close(found['projection'], expected, rtol=1e-5, atol=1e-9)
    whitened = story['rand_params_whitened'].split([12, 40, 10], dim=1)
    torch.testing.assert_close((found['shape'], found['expression']), whitened[1:])


def test_crops(real, golden):
    """From whole pictures, cut where the authors' rule for a detector's box says."""
    story = golden('tddfa_v2_crops')
    for i, roi in enumerate(story['roi_box64'].tolist()):
        cells = np.random.RandomState(50 + i).randint(0, 256, (9, 12, 3))
        image = cells.astype(np.uint8).repeat(20, 0).repeat(20, 1)
        left, top, right, bottom = (round(side) for side in roi)
        box = left, top, right - 1, bottom - 1  # the last pixels that it has
        crop = crop_face(image, box, real.inputs, kind='crop').image
        told = story['crop_mean_std_samples64'][i]
        samples = crop[::40, ::40].ravel()
        np.testing.assert_allclose(samples, told[2:], atol=1)
        inputs = torch.from_numpy(crop).permute(2, 0, 1)[None].float()
        found = outputs_of(real, real.data_preprocessor.normalize(inputs))
        error = found['parameters'][0] - story['params_whitened'][i]
        assert error.abs().max() < 0.1  # a grey level changes them by up to 0.07


def test_the_crop_of_landmarks(real, golden):
    story = golden('tddfa_v2_crops')
    for points, roi in zip(
        story['landmarks64'], story['roi_from_landmark64'], strict=True
    ):
        box = (*points.min(1).values.tolist(), *points.max(1).values.tolist())
        found = real.inputs.box(box, (640, 480), 'landmarks68')
        assert np.abs(np.array(found) - roi.numpy()).max() <= 0.5 + 1e-6


def test_faces_of_aflw2000(golden, shared):
    """The authors' outputs on photographs, decoded."""
    numbers = np.load(shared / 'reference/rivals/parity/mb05_aflw500_lm.npy')
    head = MODELS.build(get_config('tddfa_v2_mb05').model.head)
    mean, std = (np.array(values) for values in head.whitening)
    whitened = torch.zeros(len(numbers), 62)
    whitened[:, :12] = torch.from_numpy((numbers[:, :12] - mean) / std).float()
    projection = head.decode(dict(parameters=whitened))['projection']
    torch.testing.assert_close(
        projection.flatten(1), torch.from_numpy(numbers[:, :12]), rtol=1e-4, atol=1e-8
    )


GRADIENTS = {
    'conv1.weight': 'backbone.stem.conv.weight',
    'dw2_2.conv_dw.weight': 'backbone.blocks.1.depthwise.conv.weight',
    'dw4_1.bn_sep.weight': 'backbone.blocks.4.pointwise.bn.weight',
    'dw5_6.conv_sep.weight': 'backbone.blocks.11.pointwise.conv.weight',
    'fc.bias': 'head.linear.bias',
}


@pytest.mark.parametrize('mode', ['eval', 'train'])
def test_gradients(mode, ruled, golden):
    story = golden('tddfa_v2_mb1_rule')
    told = story.story['loss'][f'{mode}_float32']
    model = build('tddfa_v2_mb1')
    model.load_state_dict(ruled.state_dict())
    model.train(mode == 'train')
    outputs = model.head(model.extract_feat(story.inputs('rand', model)))
    target = np.random.RandomState(3).randn(4, 62).astype(np.float32)
    loss = (outputs['parameters'] - torch.from_numpy(target)).square().mean()
    assert loss.item() == pytest.approx(told['loss'], rel=1e-5)
    loss.backward()
    rtol = 1e-3 if mode == 'eval' else 1e-2
    for theirs, ours in GRADIENTS.items():
        norm = model.get_parameter(ours).grad.norm().item()
        assert norm == pytest.approx(told['grad_norm'][theirs], rel=rtol)


def test_it_learns_the_pose(real, samples):
    model = build('tddfa_v2_mb05')
    model.load_state_dict(real.state_dict())
    model.train()
    images = torch.rand(2, 3, 120, 120)
    labels = samples([(10, 20, 30), (-40, 0, 5)])
    loss = model(images, labels, mode='loss')['loss']
    loss.backward()
    grad = model.head.linear.weight.grad
    assert grad[[0, 1, 2, 4, 5, 6]].abs().sum(1).min() > 0
    others = [i for i in range(62) if i not in (0, 1, 2, 4, 5, 6)]
    assert grad[others].abs().max() == 0  # nothing says what these should be


@pytest.mark.parametrize(
    ('edit', 'message'),
    [
        (
            lambda t: t.pop('dw6.bn_sep.bias'),
            r'missing the tensor of backbone\.blocks\.12\.pointwise\.bn\.bias',
        ),
        (lambda t: t.update({'fc_x.bias': np.ones(3)}), r'surplus fc_x\.bias'),
        (
            lambda t: t.update({'dw2_1.conv_x.weight': np.ones(3)}),
            r'surplus dw2_1\.conv_x\.weight',
        ),
        (
            lambda t: t.update({'fc_param.bias': np.ones(61)}),
            r'misshapen fc_param\.bias \(61,\)',
        ),
        (
            lambda t: t.update({'conv1.weight': np.ones((24, 3, 3, 3))}),
            'its first convolution has 24 channels',
        ),
        (lambda t: t['fc_param.bias'].fill(np.nan), r'NaN.*fc_param\.bias'),
    ],
)
def test_other_tensors_are_refused_by_name(edit, message, shared, tmp_path):
    tensors = read_tensors(shared / WEIGHTS)
    edit(tensors)
    state_dict = {name: torch.from_numpy(value) for name, value in tensors.items()}
    torch.save(dict(state_dict=state_dict), tmp_path / 'x.pth')
    with pytest.raises(ValueError, match=message):
        convert(tmp_path / 'x.pth', tmp_path / 'model.pth')
    assert not (tmp_path / 'model.pth').exists()


def test_a_cut_file_is_refused(shared, tmp_path):
    content = (shared / WEIGHTS).read_bytes()
    (tmp_path / 'cut.pth').write_bytes(content[:-5000])
    with pytest.raises(ValueError, match=r'cut\.pth'):
        convert(tmp_path / 'cut.pth', tmp_path / 'model.pth')
    assert not (tmp_path / 'model.pth').exists()


@pytest.mark.parametrize(
    ('edit', 'message'),
    [
        (
            lambda t: t.update(param_std=2 * t['param_std']),
            'another version of SynergyNet.*param_std',
        ),
        (
            lambda t: t.pop('I2P.backbone.classifier_exp.1.bias'),
            r'missing I2P\.backbone\.classifier_exp\.1\.bias',
        ),
        (
            lambda t: t.update({'I2P.backbone.features.0.0.bias': np.ones(32)}),
            r'surplus I2P\.backbone\.features\.0\.0\.bias',
        ),
    ],
)
def test_other_files_of_synergynet_are_refused(edit, message, golden):
    tensors = synergynet_tensors(golden)
    edit(tensors)
    with pytest.raises(ValueError, match=f'x.tar .*{message}'):
        synergynet_to_state_dict(tensors, build('synergynet'), 'x.tar')


def test_a_file_of_synergynet(golden, tmp_path):
    tensors = synergynet_tensors(golden)
    wrapped = {f'module.{name}': torch.from_numpy(v) for name, v in tensors.items()}
    torch.save(dict(state_dict=wrapped), tmp_path / 'best.pth.tar')
    out = tmp_path / 'model.pth'
    assert convert(tmp_path / 'best.pth.tar', out) == 'synergynet.py'
    load_weights(build('synergynet'), out)


@pytest.mark.parametrize('setting', ['whitening', 'order'])
def test_unknown_settings_are_refused(setting):
    with pytest.raises(ValueError, match=f'{setting} must be one of'):
        MODELS.build(dict(type='mmfsa.MorphableModelHead', **{setting: 'magic'}))


def test_the_order_is_stated_and_no_flip_test_takes_its_mean():
    cfg = get_config('tddfa_v2_mb05').model
    assert MODELS.build(cfg).protocol['order'] == 'xyz'
    cfg.head.order = 'mixed'
    model = MODELS.build(cfg)
    assert model.protocol['order'] == 'mixed'
    assert stand_in(None, model.inputs, model).protocol['order'] == 'mixed'
    with pytest.raises(ValueError, match='flip_test needs angles in the order xyz'):
        MODELS.build(dict(cfg, test_cfg=dict(flip_test=True)))


def test_rotations_are_rotations():
    head = MODELS.build(dict(type='mmfsa.MorphableModelHead', in_features=4))
    rotation = head.decode(dict(parameters=torch.randn(50, 62)))['rotation']
    eye = torch.eye(3).expand(50, 3, 3)
    torch.testing.assert_close(rotation @ rotation.mT, eye, rtol=0, atol=1e-4)
    assert geodesic_distance(rotation, eye).isfinite().all()
