"""`mmfsa test` of a method that is no network."""

from argparse import Namespace

from mmfsa.cli.test import _loader
from mmfsa.zoo import get_config


def test_options_change_a_method():
    options = {'method.focal': 2.0, 'method.order': 'as_published'}
    args = Namespace(backend=None, trust_checkpoint=False, cfg_options=options)
    runner = Namespace()
    assert _loader(get_config('given_pnp'), None, args)(runner) == {}
    assert runner.model.method.focal == 2
    assert runner.model.method.order == 'as_published'
