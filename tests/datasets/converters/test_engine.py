"""What every conversion promises: interruptions, full disks, empty folders."""

import json
import os
import signal
import subprocess
import sys
import time
from argparse import Namespace
from pathlib import Path
from unittest.mock import Mock

import pytest

from mmfsa.datasets.converters import engine

JOURNAL = '.converted.jsonl'
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def faces(write_face, tmp_path):
    for i in range(6):
        write_face(tmp_path / 'src', f'image{i}')
    return tmp_path / 'src'


def test_interrupted_conversion_goes_on(converter, faces, tmp_path, monkeypatch):
    out = tmp_path / 'out'
    whole = converter('aflw2000', faces, out)
    assert not (out / JOURNAL).exists()

    class Stopped(BaseException):
        pass

    def stop(*_):
        raise Stopped

    monkeypatch.setattr(engine, 'write_json', stop)
    with pytest.raises(Stopped):
        converter('aflw2000', faces, tmp_path / 'again')
    journal = tmp_path / 'again' / JOURNAL
    lines = journal.read_bytes().splitlines(keepends=True)
    assert len(lines) == 7
    # Half of a line, as a killed process leaves it, and images that are gone since:
    # what was read before is not read again.
    journal.write_bytes(b''.join(lines[:4]) + lines[4][:20])
    for line in lines[1:4]:
        (faces / json.loads(line)[0]).write_bytes(b'')
    monkeypatch.undo()
    index, report = converter('aflw2000', faces, tmp_path / 'again')
    assert (index, report) == whole
    assert not journal.exists()


def test_journal_of_other_arguments_is_not_used(converter, faces, tmp_path):
    out = tmp_path / 'out'
    out.mkdir()
    entry = dict(img_path='x.jpg', face_box=[0, 0, 1, 1], yaw=0, pitch=0, roll=0)
    lines = [
        dict(format_version=2, src='elsewhere', out=str(out)),
        ['image0.jpg', entry],
    ]
    (out / JOURNAL).write_text(''.join(json.dumps(line) + '\n' for line in lines))
    index, _ = converter('aflw2000', faces, out)
    assert [e['img_path'] for e in index['data_list']] == [
        f'image{i}.jpg' for i in range(6)
    ]


def test_journal_of_an_older_format_is_not_used(converter, faces, tmp_path):
    out = tmp_path / 'out'
    out.mkdir()
    lines = [dict(src=str(faces), out=str(out)), ['image0.jpg', dict(img_path='x.jpg')]]
    (out / JOURNAL).write_text(''.join(json.dumps(line) + '\n' for line in lines))
    index, _ = converter('aflw2000', faces, out)
    assert index['data_list'][0]['img_path'] == 'image0.jpg'


def test_functions_that_a_verb_adds_are_no_arguments(tmp_path, capsys):
    """Their addresses differ from run to run; the conversion goes on all the same."""
    for _ in range(2):
        args = Namespace(src='x', out=tmp_path, workers=1, handler=lambda: None)
        with (
            pytest.raises(KeyboardInterrupt),
            engine.read_all(args, {'a': dict(yaw=1)}, dict) as results,
        ):
            assert results == {'a': dict(yaw=1)}
            raise KeyboardInterrupt
    assert 'Going on after 1 items' in capsys.readouterr().out


def test_ctrl_c(shared, converter, tmp_path, capsys):
    src = shared / 'data' / 'AFLW2000'
    process = subprocess.Popen(
        [
            sys.executable,
            str(ROOT / 'tools/dataset_converters/aflw2000.py'),
            *(str(src), '--out', str(tmp_path), '--workers', '1'),
        ],
        env={**os.environ, 'PYTHONPATH': str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # What runs in a shell's background ignores interrupts, and its children, too.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    journal = tmp_path / JOURNAL
    deadline = time.monotonic() + 60
    while not journal.exists() or journal.stat().st_size < 2000:
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.005)
    os.killpg(process.pid, signal.SIGINT)
    _, stderr = process.communicate(timeout=30)
    assert process.returncode == 130
    assert 'goes on from here' in stderr and 'Traceback' not in stderr
    assert [path.name for path in tmp_path.iterdir()] == [JOURNAL]
    read = journal.read_bytes().count(b'\n') - 1
    assert 0 < read < 500

    index, _ = converter('aflw2000', src, tmp_path)
    assert f'Going on after {read} items' in capsys.readouterr().out
    assert len(index['data_list']) == 498
    assert not journal.exists()


def test_full_disk(converter, faces, small_disk):
    disk = small_disk(64)
    (disk / 'filler').write_bytes(bytes(60 * 1024))
    with pytest.raises(SystemExit) as error:
        converter('aflw2000', faces, disk / 'out')
    assert 'No space left' in str(error.value)
    assert str(disk / 'out') in str(error.value)
    assert '\n' not in str(error.value)
    assert not [*(disk / 'out').glob('index*')]

    (disk / 'filler').unlink()
    index, _ = converter('aflw2000', faces, disk / 'out')
    assert len(index['data_list']) == 6


def test_disk_full_while_reading(shared, converter, small_disk):
    disk = small_disk(64)
    # The journal of 500 faces has more than 64 kB.
    with pytest.raises(SystemExit) as error:
        converter('aflw2000', shared / 'data' / 'AFLW2000', disk / 'out')
    assert 'No space left' in str(error.value)
    assert str(disk / 'out') in str(error.value)
    assert [p.name for p in (disk / 'out').iterdir()] == [JOURNAL]


def test_unwritable_out(converter, faces, tmp_path):
    (tmp_path / 'file').touch()
    with pytest.raises(SystemExit) as error:
        converter('aflw2000', faces, tmp_path / 'file' / 'out')
    assert str(tmp_path / 'file') in str(error.value)


def test_empty_folder(converter, tmp_path):
    (tmp_path / 'src').mkdir()
    with pytest.raises(SystemExit) as error:
        converter('aflw2000', tmp_path / 'src', tmp_path / 'out')
    assert str(tmp_path / 'src') in str(error.value)
    assert not (tmp_path / 'out').exists()


def test_missing_folder(converter, tmp_path):
    with pytest.raises(SystemExit) as error:
        converter('aflw2000', tmp_path / 'nowhere', tmp_path / 'out')
    assert 'nowhere' in str(error.value)


def test_nothing_usable(converter, faces, tmp_path):
    for path in faces.glob('*.mat'):
        path.unlink()
    with pytest.raises(SystemExit) as error:
        converter('aflw2000', faces, tmp_path / 'out')
    assert 'report.json' in str(error.value)
    assert not (tmp_path / 'out' / 'index.json').exists()
    report = json.loads((tmp_path / 'out' / 'report.json').read_text())
    assert report['dropped']['missing .mat']['count'] == 6


@pytest.mark.parametrize('fixed', [2, 6])
def test_what_is_fixed_is_read_again(fixed, converter, faces, tmp_path, monkeypatch):
    """After nothing could be used, and after an interruption."""
    labels = sorted(faces.glob('*.mat'))[:fixed]
    for path in labels:
        path.rename(path.with_suffix('.away'))
    with monkeypatch.context() as patch:
        if fixed < 6:
            patch.setattr(engine, 'write_json', Mock(side_effect=KeyboardInterrupt))
        with pytest.raises(SystemExit):
            converter('aflw2000', faces, tmp_path / 'out')
    for path in labels:
        path.with_suffix('.away').rename(path)
    index, report = converter('aflw2000', faces, tmp_path / 'out')
    assert len(index['data_list']) == 6
    assert not report['dropped']
