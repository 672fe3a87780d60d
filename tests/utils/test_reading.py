"""Data files run no code, whatever their name says."""

import json
import os
import pickle
import signal
import time

import pytest

from mmfsa.datasets.converters.biwi import read_boxes
from mmfsa.datasets.index import read_index
from mmfsa.datasets.split import select
from mmfsa.utils.configs import load_config
from mmfsa.utils.reading import one_line, outlive, read_data, read_json

YAML = '!!python/object/apply:os.mkdir ["{}"]'


class Touch:
    """Writes a file where it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return open, (str(self.path), 'w')


@pytest.fixture(params=['.pkl', '.yaml', '.yml', '.json', '.npz'])
def evil(request, tmp_path):
    """A file that writes `ran` where its loader runs its code."""
    path = tmp_path / f'evil{request.param}'
    ran = tmp_path / 'ran'
    content = pickle.dumps(Touch(ran))
    path.write_bytes(
        YAML.format(ran).encode() if request.param in ('.yaml', '.yml') else content
    )
    yield path
    assert not ran.exists()


def test_no_reader_runs_code(evil, tmp_path):
    base = tmp_path / 'base.py'
    base.write_text(f"_base_ = '{evil.name}'\n")
    for read in (
        read_data,
        read_json,
        read_index,
        read_boxes,
        load_config,
        lambda _: load_config(base),
        lambda path: select([{}], 'train', file=str(path)),
    ):
        with pytest.raises(ValueError, match=evil.name):
            read(evil)


def test_the_pickle_and_the_yaml_would_run(tmp_path):
    from yaml import UnsafeLoader, load

    pickle.loads(pickle.dumps(Touch(tmp_path / 'one')))
    load(YAML.format(tmp_path / 'two'), UnsafeLoader)
    assert (tmp_path / 'one').exists() and (tmp_path / 'two').exists()


def test_plain_data_are_read(tmp_path):
    split = dict(by='sequence', parts=dict(train=['01']))
    entries = [dict(sequence='01'), dict(sequence='02')]
    for name, text in (
        ('a.json', json.dumps(split)),
        ('a.yaml', 'by: sequence\nparts: {train: ["01"]}'),
    ):
        (tmp_path / name).write_text(text)
        assert read_data(tmp_path / name) == split
        assert select(entries, 'train', file=str(tmp_path / name)) == entries[:1]
    (tmp_path / 'own.yaml').write_text('model: {type: mmfsa.HeadPoseEstimator}')
    assert load_config(tmp_path / 'own.yaml').model.type == 'mmfsa.HeadPoseEstimator'


def test_one_line():
    assert one_line(ValueError('a\n  b')) == 'a b'
    assert one_line(KeyError('a')) == 'no a'
    assert one_line(EOFError()) == 'EOFError'
    assert len(one_line(ValueError('a' * 999))) == 301


@pytest.mark.parametrize(
    ('read', 'message'),
    [
        (lambda: time.sleep(60), 'takes more than 0.08 s'),
        (lambda: os.kill(os.getpid(), signal.SIGSEGV), 'ends by SIGSEGV'),
    ],
)
def test_native_code_that_hangs_or_crashes(monkeypatch, read, message):
    monkeypatch.setenv('MMFSA_LIMITS', '0.01')
    with pytest.raises(ValueError, match=f'^a.h5 is damaged: its reading {message}'):
        outlive('a.h5', read)
    outlive('a.h5', lambda: 1 / 1)


@pytest.mark.parametrize('last', ['*g', '*h'])
def test_a_yaml_that_repeats_itself_without_end(tmp_path, last):
    """A kilobyte that unfolds to 54 million values, or that holds itself."""
    path = tmp_path / 'a.yaml'
    lines = ['a: &a [1, 2, 3, 4, 5, 6, 7, 8, 9]']
    for one, other in zip('abcdefg', 'bcdefgh', strict=True):
        again = last if other == 'h' else f'*{one}'
        lines.append(f'{other}: &{other} [{", ".join([again] * 9)}]')
    path.write_text('\n'.join(lines))
    with pytest.raises(ValueError, match=r'a\.yaml: (inf|5.448e\+07) values'):
        read_data(path)
    path.write_text('a: &a [1, 2]\nb: [*a, *a]')
    assert read_data(path) == dict(a=[1, 2], b=[[1, 2], [1, 2]])
