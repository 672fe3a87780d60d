"""A checkpoint is the same in a safetensors file."""

import json

import pytest
import torch

from mmfsa import create_model
from mmfsa.cli import main
from mmfsa.engine import load_checkpoint, load_weights, save_checkpoint
from mmfsa.registry import MODELS
from mmfsa.zoo import get_config


@pytest.fixture
def checkpoint():
    torch.manual_seed(0)
    model = MODELS.build(get_config('fsa_caps_1x1_p1').model)
    meta = dict(config='fsa_caps_1x1_p1.py', epoch=3, inputs=model.inputs.to_dict())
    return dict(state_dict=model.state_dict(), meta=meta)


def check_weights(found, expected):
    assert found.keys() == expected.keys()
    for name, value in expected.items():
        assert torch.equal(found[name], value), name


def test_there_and_back(tmp_path, checkpoint):
    path = tmp_path / 'é a.safetensors'
    save_checkpoint(checkpoint, path)
    read = load_checkpoint(path)
    assert read['meta'] == json.loads(json.dumps(checkpoint['meta']))
    check_weights(read['state_dict'], checkpoint['state_dict'])
    model = MODELS.build(get_config('fsa_caps_1x1_p1').model)
    assert load_weights(model, path)['epoch'] == 3


@pytest.mark.parametrize('suffix', ['pth', 'pt'])
def test_mmfsa_convert_changes_the_format(tmp_path, checkpoint, capsys, suffix):
    names = f'a.{suffix}', 'a.safetensors', f'a.b.{suffix}'
    first, other, last = (tmp_path / name for name in names)
    save_checkpoint(checkpoint, first)
    assert main(['convert', str(first), str(other)]) == 0
    assert main(['convert', str(other), str(last)]) == 0
    assert 'is of fsa_caps_1x1_p1.py' in capsys.readouterr().out
    check_weights(load_checkpoint(last)['state_dict'], checkpoint['state_dict'])


def test_it_predicts(tmp_path, checkpoint):
    crops = torch.randint(0, 255, (2, 64, 64, 3), dtype=torch.uint8).numpy()
    answers = []
    for suffix in ('pth', 'safetensors'):
        path = tmp_path / f'a.{suffix}'
        save_checkpoint(checkpoint, path)
        answers.append(
            create_model('fsa_caps_1x1_p1', path, device='cpu').estimate(crops)
        )
    assert (answers[0] == answers[1]).all()


@pytest.mark.parametrize('cut', [0, 5, 200, -9])
def test_a_damaged_file(tmp_path, checkpoint, cut):
    path = tmp_path / 'a.safetensors'
    save_checkpoint(checkpoint, path)
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(
        ValueError, match=r'a\.safetensors is damaged or no safetensors'
    ):
        load_checkpoint(path)


def test_more_than_weights_has_no_place(tmp_path, checkpoint):
    with pytest.raises(ValueError, match='has no place for optimizer'):
        save_checkpoint(checkpoint | dict(optimizer={}), tmp_path / 'a.safetensors')
