"""The metafiles name every experiment, and say where every number comes from."""

from pathlib import Path

import mmengine
import pytest

from mmfsa.zoo import experiments, metafile_models, network_of
from mmfsa.zoo.config_files import network_and_tag

ROOT = Path(__file__).resolve().parents[2]
MODELS = metafile_models()
COLLECTIONS = {
    collection['Name']: collection
    for path in ROOT.glob('configs/**/metafile.yml')
    for collection in mmengine.load(path)['Collections']
}


def test_the_index_imports_every_metafile():
    imported = mmengine.load(ROOT / 'model-index.yml')['Import']
    found = [path.relative_to(ROOT) for path in ROOT.glob('configs/**/metafile.yml')]
    assert sorted(imported) == sorted(map(str, found))


def test_every_experiment_is_a_model_and_the_other_way_round():
    names = [model['Name'] for model in MODELS]
    assert len(names) == len({*names})
    assert {*names} == {*experiments()}


@pytest.mark.parametrize('model', MODELS, ids=lambda model: model['Name'])
def test_a_model(model):
    assert ROOT / model['Config'] == experiments()[model['Name']]
    assert COLLECTIONS[model['In Collection']]['Paper']['URL']
    assert model['Metadata']['Training Data']
    for result in model.get('Results', []):
        assert 'MAE' in result['Metrics']
        source = result['Source']
        assert len(source.split()) > 1  # a command, or a table in words
        if source.startswith('python '):
            python, tool, config, *_ = source.split()
            assert python == 'python' and (ROOT / tool).is_file()
            assert config == model['Config']


def test_the_authors_files(shared):
    """Each named file is in the release; converted, it is the model that names it."""
    folder = shared / 'weights/official/300W_LP'
    named = {
        model['Converted From']['Weights']
        for model in mmengine.load(ROOT / 'configs/metafile.yml')['Models']
        if 'Weights' in model.get('Converted From', {})
    }
    damaged = {'fsanet_var_netvlad_3_16_2_21_5.h5'}
    assert named | damaged == {path.name for path in folder.glob('*.h5')}


def test_networks_and_tags_by_the_name_or_the_metafile():
    assert network_of('fsa_caps_1x1') == 'fsa_caps_1x1'
    assert network_and_tag('fsa_caps_1x1_6d_synth') == ('fsa_caps_1x1_6d', 'synth')
    assert network_and_tag('ssrnet_md_p2') == ('ssrnet_md', 'biwi')
    assert network_and_tag('fsa_caps_1x1') == ('fsa_caps_1x1', 'aflw')
    assert network_and_tag('fsa_caps_1x1_aflw') == ('fsa_caps_1x1', 'aflw_fitted')


@pytest.fixture
def another_method(tmp_path, monkeypatch):
    """A zoo that has, beside FSA-Net, a method in a folder of its own."""
    folder = tmp_path / 'configs/other'
    folder.mkdir(parents=True)
    for name in ('_base_', 'recipes'):
        (tmp_path / 'configs' / name).symlink_to(ROOT / 'configs' / name)
    for path in ROOT.glob('configs/*.*'):
        (tmp_path / 'configs' / path.name).symlink_to(path)
    for name in ('other_small_p1', 'other_small_mine', 'plain'):
        (folder / f'{name}.py').write_text('')
    (folder / 'metafile.yml').write_text(
        'Models:\n'
        '  - {Name: other_small_p1}\n'
        '  - {Name: other_small_mine}\n'
        '  - {Name: plain, Network: other_large, Tag: both}\n'
    )
    monkeypatch.setattr(
        'mmfsa.zoo.config_files.config_dir', lambda: tmp_path / 'configs'
    )
    return folder


def test_a_method_in_a_folder_of_its_own(another_method):
    assert experiments()['plain'] == another_method / 'plain.py'
    assert 'fsa_caps_1x1_p1' in experiments()
    assert network_and_tag('other_small_p1') == ('other_small', '300wlp')
    assert network_and_tag('other_small_mine') == ('other_small', 'mine')
    assert network_and_tag('plain') == ('other_large', 'both')
