"""What is wrong with one item drops that item; a full disk ends the conversion."""

import argparse
import errno

import pytest

from mmfsa.datasets.converters.engine import _Attempt, read_all
from mmfsa.utils.files import lock


@pytest.mark.parametrize(
    'error', [ValueError('a'), TypeError('b'), KeyError('c'), ZeroDivisionError('d')]
)
def test_any_fault_of_an_item_drops_it(error):
    def read(_):
        raise error

    result = _Attempt(read)('item')
    assert result['dropped'] == 'unreadable item'
    assert result['detail'].startswith(type(error).__name__)


@pytest.mark.parametrize('value', [float('nan'), float('inf'), {1, 2}])
def test_an_entry_that_no_index_can_hold_is_dropped(value):
    result = _Attempt(lambda _: {'face_box': [value]})('item')
    assert result['dropped'] == 'unreadable item'


@pytest.mark.parametrize(
    'error', [OSError(errno.ENOSPC, 'full'), ImportError('no package')]
)
def test_a_fault_of_the_machine_ends_the_conversion(error):
    def read(_):
        raise error

    with pytest.raises(type(error)):
        _Attempt(read)('item')


def test_two_conversions_do_not_write_one_folder(tmp_path):
    held = lock(tmp_path / '.converted.jsonl')
    args = argparse.Namespace(src=tmp_path, out=tmp_path, workers=1)
    with (
        pytest.raises(ValueError, match='another process is writing there'),
        read_all(args, {'a': 1}, dict),
    ):
        pass
    held.close()
