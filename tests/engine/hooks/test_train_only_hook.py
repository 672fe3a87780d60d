"""A training of one part leaves all others as they are, to the last bit."""

from types import SimpleNamespace

import pytest
import torch
from torch import nn

from mmfsa.engine.hooks import TrainOnlyHook


@pytest.fixture
def runner():
    torch.manual_seed(0)
    parts = dict(body=nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8)))
    parts |= dict(pose=nn.Linear(8, 3), scales=nn.Sequential(nn.BatchNorm1d(8)))
    parts['scales'].append(nn.Linear(8, 1))
    return SimpleNamespace(model=nn.ModuleDict(parts))


def test_only_the_named_part_learns(runner):
    model = runner.model
    before = {name: value.clone() for name, value in model.state_dict().items()}
    hook = TrainOnlyHook(['scales'])
    hook.before_train(runner)
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.1, weight_decay=0.1)
    for i in range(3):
        model.train()  # as mmengine's loop does
        hook.before_train_iter(runner, i)
        features = model['body'](torch.randn(16, 4))
        (model['scales'](features).exp() + model['pose'](features)).sum().backward()
        optimizer.step()
    changed = {
        name.partition('.')[0]
        for name, value in model.state_dict().items()
        if not torch.equal(value, before[name])
    }
    assert changed == {'scales'}
    assert not torch.equal(
        model['scales'][0].running_mean, before['scales.0.running_mean']
    )


def test_a_part_that_is_not_there(runner):
    with pytest.raises(ValueError, match=r'no part head\.scales'):
        TrainOnlyHook(['head.scales']).before_train(runner)
