"""TriNet computes what its authors' Keras code computes, on weights made by a rule."""

import hashlib
import re
import zlib

import numpy as np
import pytest
import torch

from mmfsa.models import Labels, VectorHead, VectorLoss
from mmfsa.registry import MODELS
from mmfsa.structures import pose_to_matrix
from mmfsa.zoo import get_config


@pytest.fixture(scope='module')
def original(golden):
    story = golden('trinet_capsule')
    story.story['input_shape'] = (4, 3, 64, 64)
    return story


def keras_weights(story):
    """The original's tensors, by the rule that the story states."""
    tensors, digest = {}, hashlib.sha256()
    for key, shape in story['weights']:
        random = np.random.RandomState(zlib.crc32(key.encode()))
        kind = key.split('/')[-1]
        if kind == 'moving_variance':
            value = 0.5 + random.rand(*shape)
        elif kind == 'gamma':
            value = 1 + 0.1 * random.randn(*shape)
        elif len(shape) == 1:
            value = 0.1 * random.randn(*shape)
        elif kind == 'W':
            value = random.randn(*shape) * np.sqrt(2 / shape[-1])
        else:
            value = random.randn(*shape) * np.sqrt(2 / np.prod(shape[:-1]))
        factors = story['rule_factors']
        factor = next((f for pattern, f in factors if re.search(pattern, key)), 1)
        tensors[key] = (value * factor).astype(np.float32)
        digest.update(tensors[key].tobytes())
    assert digest.hexdigest() == story['sha256_of_float32_bytes_listed_order']
    return tensors


def our_state_dict(keras, expected):
    """The state dict: Keras' convolutions before a batch norm have a bias, ours none."""
    ours = {name: value for name, value in expected.items() if 'num_batches' in name}

    def add(name, layer):
        kernel = keras[f'{layer}/kernel']
        axes = (3, 2, 0, 1) if kernel.ndim == 4 else (1, 0)
        ours[f'{name}.weight'] = torch.tensor(kernel.transpose(axes))
        if f'{name}.bias' in expected:
            ours[f'{name}.bias'] = torch.tensor(keras[f'{layer}/bias'])

    def add_conv_bn(conv, bn, layer):
        add(conv, f'{layer}_conv')
        values = {
            'weight': keras[f'{layer}_bn/gamma'],
            'bias': keras[f'{layer}_bn/beta'],
            'running_var': keras[f'{layer}_bn/moving_variance'],
            'running_mean': (
                keras[f'{layer}_bn/moving_mean'] - keras[f'{layer}_conv/bias']
            ),
        }
        ours.update({f'{bn}.{k}': torch.tensor(v) for k, v in values.items()})

    add_conv_bn('backbone.conv1', 'backbone.bn1', 'ssr_backbone/conv1')
    for stage, blocks in ((1, 3), (2, 4)):
        for block in range(blocks):
            layer = f'ssr_backbone/conv{stage + 1}_block{block + 1}'
            name = f'backbone.layer{stage}.{block}'
            for i in (1, 2, 3):
                add_conv_bn(f'{name}.conv{i}', f'{name}.bn{i}', f'{layer}_{i}')
        name = f'backbone.layer{stage}.0.downsample'
        layer = f'ssr_backbone/conv{stage + 1}_block1_0'
        add_conv_bn(f'{name}.0', f'{name}.1', layer)
    for i in range(3):
        suffix = f'_{i}' if i else ''
        add(f'backbone.projections.{i}', f'ssr_backbone/conv2d{suffix}')
        scoring = f'ssr_S_model_{i}/feat_S_model'
        dense = f'dense_{2 * i}' if i else 'dense'
        add(f'neck.necks.{i}.scoring.conv', f'{scoring}/conv2d_{i + 3}')
        add(f'neck.necks.{i}.mapping.f_M', f'{scoring}/{dense}')
        add(f'neck.necks.{i}.mapping.f_C', f'ssr_S_model_{i}/dense_{2 * i + 1}')
        capsules = torch.tensor(keras[f'ssr_Cap_model_{i}/caps/W'])
        ours[f'neck.necks.{i}.aggregation.weight'] = capsules
        for k in range(3):
            add(f'head.bins.{i}.{k}', f'ssr_NoFC_Cap_model_{i}/all_bins_{k + 1}')
    return ours


@pytest.fixture(scope='module')
def model(original):
    model = MODELS.build(get_config('trinet').model).eval()
    keras = keras_weights(original.story)
    model.load_state_dict(our_state_dict(keras, model.state_dict()))
    return model


@pytest.mark.parametrize('kind', ['rand', 'block'])
def test_every_step_is_the_originals(kind, model, original):
    with torch.no_grad():
        features = model.backbone(255 * original.images(kind))
        V = model.neck(features)
        vectors = model.head(V)['vectors']
    for i, feature in enumerate(features, 1):
        expected = original.story['features'][kind][f'backbone_stage{i}']
        found = feature.permute(0, 2, 3, 1).flatten()[expected['flat_index']]
        tolerance = 1e-4 * expected['std']
        assert found.tolist() == pytest.approx(expected['values'], abs=tolerance)
    candidates = model.neck.necks[0].group(features)[0]
    for found, name in (
        (candidates, 'primcaps_vec0'),
        (V[:, 0], 'capsule_stage_features_vec0'),
        (vectors.transpose(1, 2).flatten(1), 'pred9'),
    ):
        expected = original[f'{kind}_{name}']
        torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-4)


def test_loss_and_gradients_are_the_originals(model, original):
    target = original['target9'].unflatten(1, (3, 3)).transpose(1, 2)
    labels = Labels(torch.zeros(4, 3), torch.ones(4, 3), dict(enumerate(target)))
    model.zero_grad()
    losses = model.loss(255 * original.images('rand'), labels)
    story = original.story['loss']
    assert losses['loss_vectors'].item() == pytest.approx(story['mse'], rel=1e-5)
    overlap = losses['loss_orthogonality'].item()
    assert overlap == pytest.approx(0.1 * story['ortho'], rel=1e-5)
    sum(losses.values()).backward()
    for name, layer in (
        ('backbone.conv1.weight', 'ssr_backbone/conv1_conv/kernel'),
        ('backbone.layer2.1.conv2.weight', 'ssr_backbone/conv3_block2_2_conv/kernel'),
        ('neck.necks.1.mapping.f_C.weight', 'ssr_S_model_1/dense_3/kernel'),
        ('neck.necks.2.aggregation.weight', 'ssr_Cap_model_2/caps/W'),
        ('head.bins.0.2.weight', 'ssr_NoFC_Cap_model_0/all_bins_3/kernel'),
    ):
        norm = model.get_parameter(name).grad.norm().item()
        assert norm == pytest.approx(story['grad_norm'][layer], rel=1e-3), name


def test_the_loss_of_single_faces(original):
    vectors, target = (
        original[f'unit_{name}9'].unflatten(1, (3, 3)).transpose(1, 2)
        for name in ('pred', 'true')
    )
    loss = VectorLoss(orthogonality=1.0)
    for i in range(len(vectors)):
        labels = Labels(torch.zeros(1, 3), torch.ones(1, 3), {0: target[i]})
        losses = loss(dict(vectors=vectors[i : i + 1]), labels)
        expected = original['unit_mse'][i], original['unit_ortho'][i]
        for found, value in zip(losses.values(), expected, strict=True):
            assert found.item() == pytest.approx(value.item(), rel=1e-5)


def test_vectors_become_the_nearest_rotation_and_its_pose():
    rotation = pose_to_matrix(torch.tensor([[30.0, -10, 5], [120, 20, -40]]))
    decoded = VectorHead().decode(dict(vectors=0.4 * rotation))
    torch.testing.assert_close(decoded['rotation'], rotation)
    expected = torch.tensor([[30.0, -10, 5], [120, 20, -40]])
    torch.testing.assert_close(decoded['pose'], expected, rtol=0, atol=1e-3)


def test_other_shapes_are_refused():
    with pytest.raises(
        ValueError, match=r'V must be \(N, 3, 3, 16\), got \(2, 3, 16\)'
    ):
        VectorHead()(torch.zeros(2, 3, 16))
