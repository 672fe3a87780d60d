import importlib.util

import pytest


@pytest.fixture(scope='session')
def renderer():
    for package in ('anny', 'numba'):
        if importlib.util.find_spec(package) is None:
            pytest.skip(f'{package} is not installed (docs/en/synth.md)')
    from mmfsa.synth.renderer import HeadRenderer

    return HeadRenderer()


@pytest.fixture(scope='session')
def asset(renderer):
    return renderer.asset
