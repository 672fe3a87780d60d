"""`mmfsa test` of a method that is no network of mmfsa."""

from argparse import Namespace
from pathlib import Path

import pytest

from mmfsa.cli.test import _loader, named
from mmfsa.zoo import get_config


def test_options_change_a_method():
    options = {'method.focal': 2.0, 'method.order': 'as_published'}
    args = Namespace(backend=None, trust_checkpoint=False, cfg_options=options)
    runner = Namespace()
    assert _loader(get_config('given_pnp'), None, args)(runner) == {}
    assert runner.model.method.focal == 2
    assert runner.model.method.order == 'as_published'


def test_a_checkpoint_is_for_those_with_a_network():
    checkpoint = Path('a.pth')
    args = Namespace(config='mmpose_pnp', checkpoint=checkpoint)
    assert named(args)[1] == checkpoint
    args = Namespace(config='given_pnp', checkpoint=checkpoint)
    with pytest.raises(ValueError, match='leave it out'):
        named(args)
