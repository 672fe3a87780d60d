"""Weights that come with mmfsa: published, found by name, refused when damaged."""

import json
from dataclasses import fields
from functools import partial

import numpy as np
import pytest
import torch

from mmfsa import create_model, zoo
from mmfsa.engine import load_checkpoint, load_weights, save_checkpoint
from mmfsa.registry import MODELS
from mmfsa.zoo.publish import publish

NAME = 'fsa_none_wo_p1'
TAGGED = 'fsa_none_wo.300wlp'


@pytest.fixture
def weights(tmp_path, monkeypatch):
    """An empty folder in place of the package's."""
    monkeypatch.setattr('mmfsa.zoo.weights.WEIGHTS', tmp_path / 'weights')
    return tmp_path / 'weights'


@pytest.fixture
def published(weights, tmp_path):
    """The model whose weights were published, as after a training."""
    model = MODELS.build(zoo.get_config(NAME).model)
    checkpoint = dict(state_dict=model.state_dict(), optimizer={}, meta=dict(epoch=3))
    save_checkpoint(checkpoint, tmp_path / 'epoch_3.pth')
    publish([tmp_path / 'epoch_3.pth'], NAME, 'Apache-2.0', 'nothing at all')
    return model


def test_a_published_model_is_found_by_its_name(published, weights):
    for name in (NAME, 'fsa-none-wo', TAGGED, 'fsa-none-wo.300wlp'):
        cfg, path = zoo.find_model(name)
        assert path == weights / f'{NAME}.pth'
    found = MODELS.build(cfg.model)
    assert load_weights(found, path)['config'] == f'{NAME}.py'
    for key, value in published.state_dict().items():
        assert torch.equal(found.state_dict()[key], value)
    assert {*torch.load(path, weights_only=True)} == {'state_dict', 'meta'}


def test_the_index_says_what_the_weights_are(published, weights):
    index = json.loads((weights / 'index.json').read_text())
    entry = index[TAGGED]
    assert {*entry} == {field.name for field in fields(zoo.PackagedWeights)}
    assert entry['config'] == NAME and entry['aliases'] == [NAME]
    assert zoo.packaged_weights()[TAGGED].training_data == 'nothing at all'


@pytest.mark.parametrize('first', [False, True])
def test_the_first_of_the_index_is_the_default(published, tmp_path, first):
    assert zoo.default_model() == TAGGED
    other = 'fsa_none_wo_p2'  # the same model, earlier in no order
    publish([tmp_path / 'epoch_3.pth'], f'{other}.py', 'Apache-2.0', 'nothing', first)
    assert zoo.default_model() == ('fsa_none_wo.biwi' if first else TAGGED)
    assert {*zoo.packaged_weights()} == {TAGGED, 'fsa_none_wo.biwi'}


def test_no_default_without_weights(weights):
    with pytest.raises(ValueError, match='mmfsa brings no such weights: give some'):
        zoo.default_model()


def test_free_weights_are_chosen_by_their_license(published, tmp_path):
    for_research = 'fsa_none_wo_p2'
    publish(
        [tmp_path / 'epoch_3.pth'], for_research, 'LicenseRef-research', 'faces', True
    )
    assert zoo.default_model() == zoo.default_model('any') == 'fsa_none_wo.biwi'
    assert zoo.default_model('free') == TAGGED
    assert zoo.find_model(NAME, 'free')[1] is not None
    with pytest.raises(
        ValueError, match=f'are LicenseRef-research.*name {TAGGED}, or no'
    ):
        zoo.find_model(for_research, 'free')
    for find in (zoo.default_model, partial(zoo.find_model, NAME)):
        with pytest.raises(ValueError, match='license must be one of'):
            find('none')


def test_others_have_no_weights(published):
    assert zoo.find_model('fsa_none_var_p1')[1] is None


def test_damaged_weights_are_refused(published, weights):
    path = weights / f'{NAME}.pth'
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(ValueError, match=f'{NAME}.pth is damaged or changed'):
        zoo.find_model(NAME)


def test_missing_weights_are_named(published, weights):
    (weights / f'{NAME}.pth').unlink()
    with pytest.raises(ValueError, match=f'{NAME}.pth is missing'):
        zoo.find_model(NAME)


def test_weights_of_another_model_are_not_published(published, weights, tmp_path):
    with pytest.raises(ValueError, match='not those of this model'):
        publish([tmp_path / 'epoch_3.pth'], 'fsa_caps_1x1_p1', 'MIT', 'nothing')
    assert {*zoo.packaged_weights()} == {TAGGED}


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv('XDG_CACHE_HOME', str(tmp_path / 'cache'))
    return tmp_path / 'cache/mmfsa'


@pytest.fixture
def fused(published, cache, tmp_path):
    """The fusion's weights, published by the names of its models."""
    names = [f'fsa_caps_{scoring}_p1' for scoring in ('1x1', 'var', 'wo')]
    for name in names:
        model = MODELS.build(zoo.get_config(name).model)
        save_checkpoint(dict(state_dict=model.state_dict()), tmp_path / 'one.pth')
        publish([tmp_path / 'one.pth'], name, 'MIT', 'nothing')
    return publish(names, 'fsa_caps_fusion_p1', 'MIT', 'nothing')


def test_a_fusion_is_joined_of_its_models_files(fused, cache, weights):
    cfg, path = zoo.find_model('fsa-caps-fusion-p1')
    assert [*cache.iterdir()] == [path]
    assert {*weights.glob('*fusion*')} == set()
    model = MODELS.build(cfg.model)
    load_weights(model, path)
    for estimator, part in zip(model.estimators, fused.paths, strict=True):
        for key, value in torch.load(part, weights_only=True)['state_dict'].items():
            assert torch.equal(estimator.state_dict()[key], value)
    written = path.stat().st_mtime_ns
    assert zoo.find_model('fsa-caps-fusion-p1')[1].stat().st_mtime_ns == written


def test_a_damaged_file_of_the_cache_is_joined_again(fused, cache):
    _, path = zoo.find_model('fsa-caps-fusion-p1')
    whole = path.read_bytes()
    middle = len(whole) // 2
    flipped = whole[:middle] + bytes([whole[middle] ^ 4]) + whole[middle + 1 :]
    for content in (whole[:middle], b'', flipped):
        path.write_bytes(content)
        assert zoo.find_model('fsa-caps-fusion-p1')[1].read_bytes() == whole


def test_flipped_bits_never_load_other_weights(published, weights):
    path = weights / f'{NAME}.pth'
    whole = path.read_bytes()
    expected = load_checkpoint(path)['state_dict']
    rng = np.random.default_rng(0)
    refused = 0
    for _ in range(40):
        content = np.frombuffer(whole, np.uint8).copy()
        content[rng.integers(0, len(whole), 3)] ^= 1 << rng.integers(0, 8)
        path.write_bytes(content.tobytes())
        try:
            found = load_checkpoint(path)['state_dict']
        except ValueError as error:
            assert f'{NAME}.pth is damaged' in str(error)
            refused += 1
        else:  # the bits are those of the gaps between the zip's parts
            assert all(torch.equal(found[key], expected[key]) for key in expected)
    assert refused > 20


def test_a_fusion_whose_parts_are_missing(fused, weights):
    with pytest.raises(ValueError, match='publish the weights of fsa_vlad_wo_p1 first'):
        publish(['fsa_vlad_wo_p1', NAME], 'fsa_caps_fusion_p1', 'MIT', 'nothing')
    fused.paths[1].unlink()
    with pytest.raises(ValueError, match=r'fsa_caps_var_p1.pth is missing'):
        zoo.find_model('fsa_caps_fusion_p1')


def test_a_cache_that_can_not_be_written_is_named(fused, cache):
    for path in cache.iterdir():
        path.unlink()
    cache.rmdir()
    cache.write_text('a file where the folder should be')
    with pytest.raises(OSError, match='set XDG_CACHE_HOME'):
        zoo.find_model('fsa_caps_fusion_p1')


def test_what_is_packaged_is_whole(cache):
    """Every file is listed, and loads into the model or the method of its config."""
    packaged = zoo.packaged_weights()
    assert {path for w in packaged.values() for path in w.paths} == {
        *zoo.WEIGHTS.glob('*.pth'),
        *zoo.WEIGHTS.glob('*.npz'),
    }
    for name, weights in packaged.items():
        assert zoo.resolve(name).name == name
        assert all(zoo.resolve(alias).name == name for alias in weights.aliases)
        cfg, path = zoo.find_model(name)
        if 'model' in cfg:
            load_weights(MODELS.build(cfg.model), path)
        else:
            assert create_model(name).weights_sha256 == weights.files[path.name]
        assert weights.licence and weights.training_data
