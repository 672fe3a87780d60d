"""Every FSA-Net computes what the authors' released models compute.

The reference holds outputs, intermediate tensors and one training step of the original
Keras models, on the authors' weights.
"""

from pathlib import Path

import numpy as np
import pytest
import torch

from mmfsa.engine import load_weights
from mmfsa.models import FSANeck
from mmfsa.models.fsanet.keras import keras_names
from mmfsa.models.fsanet.soft_stagewise import (
    StageParameters,
    soft_stagewise_regression,
)
from mmfsa.registry import MODELS
from mmfsa.structures import HeadPoseDataSample
from mmfsa.zoo import get_config
from mmfsa.zoo.convert import convert

CONFIGS = {
    '300W_LP/fsanet_capsule_3_16_2_21_5': 'fsa_caps_1x1_p1.py',
    '300W_LP/fsanet_metric_3_16_2_21_5': 'fsa_none_1x1_p1.py',
    '300W_LP/fsanet_netvlad_3_16_2_21_5': 'fsa_vlad_1x1_p1.py',
    '300W_LP/fsanet_noS_capsule_3_16_2_192_5': 'fsa_caps_wo_p1.py',
    '300W_LP/fsanet_var_capsule_3_16_2_21_5': 'fsa_caps_var_p1.py',
    '300W_LP/ssrnet_mt': 'ssrnet_md_p1.py',
    'BIWI/fsanet_capsule_3_16_2_21_5': 'fsa_caps_1x1_p2.py',
    'BIWI/fsanet_noS_netvlad_3_16_2_192_5': 'fsa_vlad_wo_p2.py',
}
with_intermediates = pytest.mark.parametrize(
    'name',
    [
        '300W_LP/fsanet_capsule_3_16_2_21_5',
        '300W_LP/fsanet_noS_capsule_3_16_2_192_5',
    ],
)
with_training_step = pytest.mark.parametrize(
    'name',
    [
        '300W_LP/fsanet_capsule_3_16_2_21_5',
        '300W_LP/fsanet_noS_capsule_3_16_2_192_5',
        '300W_LP/ssrnet_mt',
    ],
)


@pytest.fixture(scope='module')
def golden(shared):
    return shared / 'reference/golden'


@pytest.fixture(scope='module')
def images(golden):
    images = np.load(golden / 'inputs.npz')['images_bgr_uint8']
    return torch.from_numpy(images).permute(0, 3, 1, 2).float()


@pytest.fixture
def official(shared, tmp_path):
    """Convert one of the authors' files and load it into the model of its config."""

    def load(name):
        path = tmp_path / 'model.pth'
        convert(shared / 'weights/official' / f'{name}.h5', path)
        model = MODELS.build(get_config(CONFIGS[name]).model)
        assert load_weights(model, path)['config'] == CONFIGS[name]
        return model.eval()

    return load


@pytest.mark.parametrize('name', CONFIGS)
def test_outputs(name, official, golden, images):
    expected = np.load(golden / 'outputs.npz')[name.replace('/', '__')]
    with torch.no_grad():
        poses = official(name)(images).numpy()
    np.testing.assert_allclose(poses, expected, rtol=0, atol=1e-3)


def assert_close_to_scale(actual, expected, name):
    """Within 1e-4 of the expected tensor's largest value."""
    actual = actual.detach().numpy().reshape(expected.shape)
    error = np.abs(actual - expected).max() / np.abs(expected).max()
    assert error < 1e-4, f'{name}: {error}'


def intermediates(golden, name):
    return np.load(golden / f'intermediate__{name.replace("/", "__")}.npz')


@with_intermediates
def test_intermediates(name, official, golden, images):
    expected = intermediates(golden, name)
    model = official(name)
    images = images[expected['input_index']]

    with torch.no_grad():
        features = model.backbone(images)
        candidates, maps = model.neck.group(features)
        V = model.neck.aggregation(candidates)
        stages = model.head.stage_parameters(V)

    actual = {'primcaps': candidates, 'pose': model(images)}
    for k, (feature, v, stage) in enumerate(
        zip(features, V.unbind(1), stages, strict=True), 1
    ):
        actual[f'U{k}'] = feature.permute(0, 2, 3, 1)
        actual[f'V{k}'] = v
        actual[f'p{k}'] = stage.p
        actual[f'delta{k}'] = stage.delta
        actual[f'eta{k}'] = stage.eta
    if maps is not None:
        actual['C'] = maps.C
        for k, feature in enumerate(features):
            actual[f'A{k + 1}'] = model.neck.scoring(feature).flatten(1)
            actual[f'M{k + 1}'] = maps.M[:, k]
            actual[f'S{k + 1}_unnormalised'] = maps.C @ maps.M[:, k]
    assert actual.keys() == set(expected.files) - {'input_index'}
    for key, value in actual.items():
        assert_close_to_scale(value, expected[key], key)


def test_regression_of_a_model_whose_weights_are_not_at_hand(golden):
    """Of NetVLAD on BIWI with 1x1 scoring the reference has tensors but no weights."""
    expected = intermediates(golden, 'BIWI/fsanet_netvlad_3_16_2_21_5')
    stages = [
        StageParameters(
            *(
                torch.from_numpy(expected[f'{part}{k}'])
                for part in ('p', 'eta', 'delta')
            )
        )
        for k in (1, 2, 3)
    ]
    pose = soft_stagewise_regression(stages, angle_range=99)
    assert_close_to_scale(pose, expected['pose'], 'pose')


@with_training_step
def test_training_step(name, official, golden, images):
    step = np.load(golden / 'train_step.npz')
    prefix = name.replace('/', '__')
    expected = {
        key.removeprefix(f'{prefix}/'): step[key]
        for key in step.files
        if key.startswith(f'{prefix}/')
    }
    model = official(name).train()
    samples = [HeadPoseDataSample(gt_pose=pose) for pose in step['target']]
    poses = model(images)
    np.testing.assert_allclose(
        poses.detach().numpy(), expected.pop('train_pose'), rtol=0, atol=1e-2
    )

    model = official(name).train()
    loss = model(images, samples, mode='loss')['loss']
    loss.backward()
    assert loss.item() == pytest.approx(float(expected.pop('train_mae')), abs=1e-2)

    names = {zero_based(keras): key for key, keras in keras_names(model).items()}
    tensors = model.state_dict()
    gradients = {key: p.grad for key, p in model.named_parameters()}
    checked = set()
    for keras, value in expected.items():
        kind, _, keras = keras.partition('/')
        key = names[keras]
        if kind == 'gradnorm':
            checked.add(key)
            # Biases before batch normalisation: zero but for rounding.
            assert gradients[key].norm().item() == pytest.approx(
                float(value), rel=0.02, abs=1e-3
            ), keras
        else:
            assert kind == 'bn_after'
            np.testing.assert_allclose(tensors[key], value, rtol=1e-3, atol=1e-3)
    assert checked == gradients.keys()


def zero_based(keras_name):
    """The training step was recorded by a Keras that counts layers from zero."""
    layer, _, weight = keras_name.partition('/')
    stem, _, number = layer.rpartition('_')
    if stem in ('separable_conv2d', 'batch_normalization', 'conv2d', 'dense'):
        layer = f'{stem}_{int(number) - 1}' if number != '1' else stem
    return f'{layer}/{weight}'


def test_all_neck_variants_are_covered():
    """Each aggregation and each scoring function is compared with the original."""
    necks = [get_config(config).model.neck for config in CONFIGS.values()]
    fsa = [neck for neck in necks if neck.type == FSANeck.__name__]
    assert {neck.aggregation.type for neck in fsa} == {
        'CapsuleAggregation',
        'NetVLADAggregation',
        'LinearAggregation',
    }
    # Without scoring, the paper's "w/o", a neck's scoring is None.
    assert {neck.scoring and neck.scoring.type for neck in fsa} == {
        'ConvScoring',
        'VarianceScoring',
        None,
    }


def test_reference_is_where_it_is_looked_for(shared):
    files = {
        f'{p.parent.name}/{p.stem}'
        for p in Path(shared).glob('weights/official/*/*.h5')
    }
    assert files - CONFIGS.keys() == {'300W_LP/fsanet_var_netvlad_3_16_2_21_5'}
