"""Placeholders for modules that are not there."""

import sys
import types
from importlib import import_module

import pytest

from mmfsa.utils.placeholders import placeholders

MISSING = {'not_there.ops.misc': 'pip install not-there', 'not_there.data': 'by hand'}


def test_they_stand_in_and_leave():
    with placeholders(MISSING, importer='somebody'):
        ops = import_module('not_there.ops')
        assert import_module('not_there.ops.misc') is ops.misc
        found = import_module('not_there.data').ImageFolder
        mode = import_module('not_there.data').Mode.NEAREST
        with pytest.raises(ImportError):
            import_module('not_there.other')
    assert not [name for name in sys.modules if name.split('.')[0] == 'not_there']
    assert mode == 'Mode.NEAREST'
    with pytest.raises(ImportError, match=r'data\.ImageFolder.*somebody.*by hand'):
        found('folder')


def test_what_is_there_stays(monkeypatch):
    real = types.ModuleType('not_there')
    real.__path__ = []
    real.data = types.ModuleType('not_there.data')
    monkeypatch.setitem(sys.modules, 'not_there', real)
    monkeypatch.setitem(sys.modules, 'not_there.data', real.data)
    with placeholders(MISSING, importer='somebody'):
        assert sys.modules['not_there'] is real
        assert sys.modules['not_there.data'] is real.data
        assert 'not_there.ops.misc' in sys.modules
    assert sys.modules['not_there'] is real
    assert 'not_there.ops.misc' not in sys.modules
