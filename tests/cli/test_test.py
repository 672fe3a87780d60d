"""`mmfsa test` of a method that is no network of mmfsa."""

import json
from argparse import Namespace
from pathlib import Path

import pytest

from mmfsa.cli import main
from mmfsa.cli.test import named
from mmfsa.zoo import get_config


def test_a_checkpoint_is_for_those_with_a_network():
    checkpoint = Path('a.pth')
    args = Namespace(config='mmpose_pnp', checkpoint=checkpoint)
    assert named(args)[1] == checkpoint
    args = Namespace(config='given_pnp', checkpoint=checkpoint)
    with pytest.raises(ValueError, match='leave it out'):
        named(args)


def test_the_asked_order_counts(data_root, tmp_path):
    """The config's own order is another one than that of the labels."""

    def score(*options):
        out = tmp_path / 'results.json'
        argv = ['test', 'given_12_pnp', f'--data-root={data_root}', '--allow-partial']
        argv += [f'--work-dir={tmp_path / "work"}', f'--out={out}', *options]
        loader = 'test_sets.aflw2000.dataloader'
        argv += ['--cfg-options', f'{loader}.num_workers=0']
        assert main([*argv, f'{loader}.persistent_workers=False']) == 0
        result = json.loads(out.read_text())
        return result['protocol']['order'], result['metrics']['head_pose/MAE']

    own = get_config('given_12_pnp').method.order
    assert own == 'as_published'
    scores = dict(score('--order', order) for order in ('xyz', own))
    assert score() == (own, scores[own])
    assert scores['xyz'] < 2 < scores[own]
