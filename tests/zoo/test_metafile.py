"""The metafile names every model, and says of every number where it comes from."""

import re
from pathlib import Path

import mmengine
import pytest

from mmfsa.zoo import experiments

ROOT = Path(__file__).resolve().parents[2]
MODELS = mmengine.load(ROOT / 'configs/metafile.yml')['Models']


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
    assert model['In Collection'] == 'FSA-Net'
    assert model['Metadata']['Training Data']
    for result in model.get('Results', []):
        assert 'MAE' in result['Metrics']
        source = result['Source']
        if not re.fullmatch(r'Table [1-5]', source):
            python, tool, config, *_ = source.split()
            assert python == 'python' and (ROOT / tool).is_file()
            assert config == model['Config']


def test_the_authors_files(shared):
    """Each named file is in the release; converted, it is the model that names it."""
    folder = shared / 'weights/official/300W_LP'
    named = {
        model['Converted From']['Weights']
        for model in MODELS
        if 'Weights' in model.get('Converted From', {})
    }
    damaged = {'fsanet_var_netvlad_3_16_2_21_5.h5'}
    assert named | damaged == {path.name for path in folder.glob('*.h5')}
