"""Weights that come with mmfsa: published, found by name, refused when damaged."""

import json
from functools import partial

import pytest
import torch

from mmfsa import zoo
from mmfsa.engine import load_weights, save_checkpoint
from mmfsa.registry import MODELS

NAME = 'fsa_none_wo_p1'


@pytest.fixture
def weights(tmp_path, monkeypatch):
    """An empty folder in place of the package's."""
    monkeypatch.setattr(zoo, 'WEIGHTS', tmp_path / 'weights')
    return tmp_path / 'weights'


@pytest.fixture
def published(weights, tmp_path, load_tool):
    """The model whose weights were published, as after a training."""
    model = MODELS.build(zoo.get_config(NAME).model)
    checkpoint = dict(state_dict=model.state_dict(), optimizer={}, meta=dict(epoch=3))
    save_checkpoint(checkpoint, tmp_path / 'epoch_3.pth')
    load_tool('misc/publish_model.py').publish(
        [tmp_path / 'epoch_3.pth'], NAME, 'Apache-2.0', 'nothing at all'
    )
    return model


def test_a_published_model_is_found_by_its_name(published, weights):
    for name in (NAME, 'fsa-none-wo'):
        cfg, path = zoo.find_model(name)
        assert path == weights / f'{NAME}.pth'
    found = MODELS.build(cfg.model)
    assert load_weights(found, path)['config'] == f'{NAME}.py'
    for key, value in published.state_dict().items():
        assert torch.equal(found.state_dict()[key], value)
    assert {*torch.load(path, weights_only=True)} == {'state_dict', 'meta'}


def test_the_index_says_what_the_weights_are(published, weights):
    index = json.loads((weights / 'index.json').read_text())
    assert {*index[NAME]} == {'files', 'config', 'licence', 'training_data'}
    assert zoo.packaged_weights()[NAME].training_data == 'nothing at all'


@pytest.mark.parametrize('first', [False, True])
def test_the_first_of_the_index_is_the_default(published, tmp_path, load_tool, first):
    assert zoo.default_model() == NAME
    other = 'fsa_none_wo_p2'  # the same model, earlier in no order
    load_tool('misc/publish_model.py').publish(
        [tmp_path / 'epoch_3.pth'], f'{other}.py', 'Apache-2.0', 'nothing', first
    )
    assert zoo.default_model() == (other if first else NAME)
    assert {*zoo.packaged_weights()} == {NAME, other}


def test_no_default_without_weights(weights):
    with pytest.raises(ValueError, match='mmfsa brings no such weights: give some'):
        zoo.default_model()


def test_free_weights_are_chosen_by_their_license(published, tmp_path, load_tool):
    for_research = 'fsa_none_wo_p2'
    load_tool('misc/publish_model.py').publish(
        [tmp_path / 'epoch_3.pth'], for_research, 'LicenseRef-research', 'faces', True
    )
    assert zoo.default_model() == zoo.default_model('any') == for_research
    assert zoo.default_model('free') == NAME
    assert zoo.find_model(NAME, 'free')[1] is not None
    with pytest.raises(
        ValueError, match=f'are LicenseRef-research.*name {NAME}, or no'
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


def test_weights_of_another_model_are_not_published(
    published, weights, tmp_path, load_tool
):
    tool = load_tool('misc/publish_model.py')
    with pytest.raises(ValueError, match='not those of this model'):
        tool.publish([tmp_path / 'epoch_3.pth'], 'fsa_caps_1x1_p1', 'MIT', 'nothing')
    assert {*zoo.packaged_weights()} == {NAME}


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv('XDG_CACHE_HOME', str(tmp_path / 'cache'))
    return tmp_path / 'cache/mmfsa'


@pytest.fixture
def fused(published, cache, load_tool, tmp_path):
    """The fusion's weights, published by the names of its models."""
    tool = load_tool('misc/publish_model.py')
    names = [f'fsa_caps_{scoring}_p1' for scoring in ('1x1', 'var', 'wo')]
    for name in names:
        model = MODELS.build(zoo.get_config(name).model)
        save_checkpoint(dict(state_dict=model.state_dict()), tmp_path / 'one.pth')
        tool.publish([tmp_path / 'one.pth'], name, 'MIT', 'nothing')
    return tool.publish(names, 'fsa_caps_fusion_p1', 'MIT', 'nothing')


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


def test_a_fusion_whose_parts_are_missing(fused, weights, load_tool):
    tool = load_tool('misc/publish_model.py')
    with pytest.raises(ValueError, match='publish the weights of fsa_vlad_wo_p1 first'):
        tool.publish(['fsa_vlad_wo_p1', NAME], 'fsa_caps_fusion_p1', 'MIT', 'nothing')
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
    """Every file is listed, and loads into the model of its config."""
    packaged = zoo.packaged_weights()
    assert {path for w in packaged.values() for path in w.paths} == {
        *zoo.WEIGHTS.glob('*.pth')
    }
    for name, weights in packaged.items():
        assert name in zoo.models()
        cfg, path = zoo.find_model(name)
        load_weights(MODELS.build(cfg.model), path)
        assert weights.licence and weights.training_data
