"""Where the experiment files lie."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope='session')
def configs():
    return ROOT / 'configs'
