"""`mmfsa test` of a method that is no network of mmfsa."""

from argparse import Namespace
from pathlib import Path

import pytest

from mmfsa.cli.test import named


def test_a_checkpoint_is_for_those_with_a_network():
    checkpoint = Path('a.pth')
    args = Namespace(config='mmpose_pnp', checkpoint=checkpoint)
    assert named(args)[1] == checkpoint
    args = Namespace(config='given_pnp', checkpoint=checkpoint)
    with pytest.raises(ValueError, match='leave it out'):
        named(args)
