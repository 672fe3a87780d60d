import pytest
import torch

from mmfsa.engine import load_weights, save_checkpoint
from mmfsa.registry import MODELS
from mmfsa.zoo import get_config

NAME = 'fsa_none_wo_p1'


@pytest.fixture
def average(load_tool, configs):
    tool = load_tool('model_converters/average_checkpoints.py')
    return lambda *paths: tool.average(configs / f'{NAME}.py', [*paths[:-1]], paths[-1])


@pytest.fixture
def checkpoints(tmp_path):
    """Two models whose parameters are drawn apart, with a counter of batches each."""
    paths = [tmp_path / f'{i}.pth' for i in range(2)]
    for i, path in enumerate(paths):
        model = MODELS.build(get_config(NAME).model)
        for name, value in model.state_dict().items():
            if name.endswith('num_batches_tracked'):
                value.fill_(10 * (i + 1))
        save_checkpoint(dict(state_dict=model.state_dict(), meta={}), path)
    return paths


def state(path):
    model = MODELS.build(get_config(NAME).model)
    return load_weights(model, path), model.state_dict()


def test_the_mean_counts_every_source(average, checkpoints, tmp_path):
    a, b = checkpoints
    average(a, b, b, tmp_path / 'mean.pth')
    meta, mean = state(tmp_path / 'mean.pth')
    assert meta == dict(config=f'{NAME}.py', averaged=['0.pth', '1.pth', '1.pth'])
    (_, one), (_, two) = state(a), state(b)
    for name, value in mean.items():
        if name.endswith('num_batches_tracked'):
            assert value == 20
        else:
            torch.testing.assert_close(value, (one[name] + 2 * two[name]) / 3)


def test_one_checkpoint_has_no_mean(average, checkpoints, tmp_path):
    with pytest.raises(ValueError, match='two checkpoints or more'):
        average(checkpoints[0], tmp_path / 'mean.pth')


def test_another_models_weights_are_refused(average, checkpoints, tmp_path):
    other = MODELS.build(get_config('fsa_caps_1x1_p1').model)
    save_checkpoint(dict(state_dict=other.state_dict()), tmp_path / 'other.pth')
    with pytest.raises(ValueError, match=r'other\.pth are not those of this model'):
        average(checkpoints[0], tmp_path / 'other.pth', tmp_path / 'mean.pth')
    assert not (tmp_path / 'mean.pth').exists()
