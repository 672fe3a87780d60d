"""Weights are put into the package by tools/misc/publish_model.py."""

from mmfsa import zoo
from mmfsa.engine import save_checkpoint
from mmfsa.registry import MODELS


def test_the_tool_publishes_by_the_name_of_weights(run_tool, tmp_path, monkeypatch):
    monkeypatch.setattr('mmfsa.zoo.weights.WEIGHTS', tmp_path / 'weights')
    state = MODELS.build(zoo.get_config('fsa_none_wo').model).state_dict()
    save_checkpoint(dict(state_dict=state), tmp_path / 'epoch_3.pth')
    printed = run_tool(
        'misc/publish_model.py',
        *(tmp_path / 'epoch_3.pth', 'fsa_none_wo.300wlp'),
        *('--licence', 'MIT', '--training-data', 'nothing at all'),
    )
    assert f'{tmp_path / "weights/fsa_none_wo_p1.pth"}: 0.' in printed
    (name,) = zoo.packaged_weights()
    assert name == 'fsa_none_wo.300wlp'
    assert zoo.resolve('fsa_none_wo').licence == 'MIT'


def test_weights_that_are_not_there_are_named(run_tool):
    reported = run_tool(
        'misc/publish_model.py',
        *('none.pth', 'fsa_none_wo', '--licence', 'MIT', '--training-data', 'nothing'),
        fails=True,
    )
    assert reported == 'error: there is no checkpoint none.pth'
