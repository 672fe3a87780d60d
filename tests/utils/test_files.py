"""Files get their names when they are whole, whatever else happens in the folder."""

import errno
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from mmfsa.utils.files import (
    cache_path,
    caching,
    data_path,
    has_its_digest,
    lock,
    native_path,
    note_digest,
    replacing,
    temporary_folder,
)

KILLED = """
import os, sys
from mmfsa.utils.files import replacing
with replacing(sys.argv[1]) as temporary:
    temporary.write_text('half')
    print(temporary, flush=True)
    sys.stdin.read()
"""
WRITES = """
import sys
from mmfsa.utils.files import replacing
with replacing(sys.argv[1]) as temporary:
    temporary.write_text('whole')
"""
CONVERTS = """
import argparse, os, sys, time
from pathlib import Path
from mmfsa.datasets.converters.engine import read_all
def read(item):
    print(os.getpid(), flush=True)
    time.sleep(600)
def main():
    out = Path(sys.argv[1])
    args = argparse.Namespace(src=out, out=out, workers=2)
    with read_all(args, {str(i): i for i in range(40)}, read):
        pass
if __name__ == '__main__':
    main()
"""


def start(code, path, **options):
    return subprocess.Popen(
        [sys.executable, '-c', code, str(path)],
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        **options,
    )


def test_what_a_killed_process_left_goes_at_the_next_start(tmp_path):
    path = tmp_path / 'a.json'
    path.write_text('old')
    process = start(KILLED, path)
    left = process.stdout.readline().strip()
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert os.path.exists(left) and path.read_text() == 'old'  # noqa: PTH110
    other = tmp_path / '.mmfsa-0000-1-2.tmp'  # of another machine
    other.touch()
    with replacing(tmp_path / 'b.json') as mine:  # of a process that lives
        mine.touch()
        assert start(WRITES, path).wait() == 0
        assert mine.exists()
    assert path.read_text() == 'whole'
    assert {p.name for p in tmp_path.iterdir()} == {'a.json', 'b.json', other.name}


def test_a_folder_that_a_killed_process_left(tmp_path):
    code = """
import sys
from mmfsa.utils.files import temporary_folder
with temporary_folder() as folder:
    open(f'{folder}/a', 'w').close()
    print(folder, flush=True)
    sys.stdin.read()
"""
    settings = dict(env=os.environ | dict(TMPDIR=str(tmp_path)))
    process = start(code, tmp_path, **settings)
    left = process.stdout.readline().strip()
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert [str(path) for path in tmp_path.iterdir()] == [left]
    process = start(code, tmp_path, **settings)
    assert process.stdout.readline().strip() not in ('', left)
    process.communicate('')
    assert process.returncode == 0 and not [*tmp_path.iterdir()]


def test_what_is_written_as_a_folder_goes_is_no_error(monkeypatch):
    """Such as by TensorBoard's thread."""
    rmdir = os.rmdir

    def late(path, **where):
        if os.path.basename(path) == 'logs':  # noqa: PTH119
            raise OSError(errno.ENOTEMPTY, 'Directory not empty', path)
        rmdir(path, **where)

    with temporary_folder() as folder:
        (Path(folder) / 'logs').mkdir()
        monkeypatch.setattr(os, 'rmdir', late)
    monkeypatch.undo()
    shutil.rmtree(folder)


def test_nobody_knows_the_temporary_name(tmp_path):
    names = set()
    for _ in range(9):
        with replacing(tmp_path / 'a.json') as temporary:
            temporary.touch()
            names.add(temporary.name)
    assert len(names) == 9


def test_a_link_under_the_name_is_replaced_and_not_followed(tmp_path):
    victim = tmp_path / 'victim'
    victim.write_text('mine')
    (tmp_path / 'a.json').symlink_to(victim)
    with replacing(tmp_path / 'a.json') as temporary:
        temporary.write_text('new')
    assert victim.read_text() == 'mine'
    assert (tmp_path / 'a.json').read_text() == 'new'


def test_threads_write_one_file(tmp_path):
    path = tmp_path / 'a.txt'

    def write(number):
        for _ in range(20):
            with replacing(path) as temporary:
                temporary.write_text(str(number) * 1000)

    threads = [threading.Thread(target=write, args=[number]) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({*path.read_text()}) == 1 and [*tmp_path.iterdir()] == [path]


@pytest.mark.parametrize('name', ['x' * 250 + '.json', 'é' * 120 + '.json'])
def test_long_names(tmp_path, name):
    with replacing(tmp_path / name) as temporary:
        temporary.touch()
    assert (tmp_path / name).exists()


def test_an_error_names_the_file_and_not_its_temporary_name(tmp_path):
    (tmp_path / 'a.json').mkdir()
    with (
        pytest.raises(OSError, match=r'a\.json'),
        replacing(tmp_path / 'a.json') as new,
    ):
        new.touch()
    with (
        pytest.raises(OSError, match=r"No space.*'.*b\.json'$"),
        replacing(tmp_path / 'b.json') as new,
    ):
        raise OSError(28, 'No space left on device', str(new))


def test_two_processes_do_not_write_one_folder(tmp_path):
    held = lock(tmp_path / 'a')
    with pytest.raises(ValueError, match='another process is writing there'):
        lock(tmp_path / 'a')
    held.close()
    lock(tmp_path / 'a').close()


def test_native_code_gets_a_name_that_encodes(tmp_path):
    path = tmp_path / os.fsdecode(b'b\xff.txt')
    with native_path(path) as name:
        assert name.encode() and name.endswith('.txt')
        with open(name, 'w') as file:  # noqa: PTH123
            file.write('a')
    assert path.read_text() == 'a'
    with native_path('http:/a') as name:
        assert name.startswith('/')


def test_a_user_without_a_home(monkeypatch):
    """In a container, the number of a user may have no name, and no folder."""

    def none():
        raise RuntimeError('Could not determine home directory.')

    for name in ('XDG_CACHE_HOME', 'XDG_DATA_HOME'):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr('mmfsa.utils.files.Path.home', none)
    assert not data_path('a').exists()

    def denied(*_, **__):
        raise PermissionError(13, 'Permission denied')

    monkeypatch.setattr('mmfsa.utils.files.Path.mkdir', denied)
    with (
        pytest.raises(OSError, match='set XDG_CACHE_HOME to a folder'),
        caching(cache_path('a')),
    ):
        pass


def test_a_file_that_is_not_the_one_noted(tmp_path):
    path = tmp_path / 'a.onnx'
    path.write_bytes(b'whole')
    assert not has_its_digest(path)
    note_digest(path)
    assert has_its_digest(path)
    path.write_bytes(b'whols')
    assert not has_its_digest(path)
    path.unlink()
    assert not has_its_digest(path)


@pytest.mark.skipif(sys.platform == 'win32', reason='nothing is locked there')
def test_a_lock_does_not_outlive_its_process(tmp_path):
    """Not in what the process has forked, either: a loader's workers, for example."""
    code = """
import os, sys, time
from pathlib import Path
from mmfsa.utils.files import lock
held = lock(Path(sys.argv[1]))
if os.fork() == 0:
    print(flush=True)
    time.sleep(60)
    os._exit(0)
sys.stdin.read()
"""
    process = start(code, tmp_path / 'a', start_new_session=True)
    process.stdout.readline()
    with pytest.raises(ValueError, match='another process is writing there'):
        lock(tmp_path / 'a')
    process.send_signal(signal.SIGKILL)
    process.wait()
    lock(tmp_path / 'a').close()
    os.killpg(process.pid, signal.SIGKILL)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != 'linux', reason='only Linux tells the workers')
def test_workers_end_with_a_killed_parent(tmp_path):
    script = tmp_path / 'converts.py'
    script.write_text(CONVERTS)
    process = subprocess.Popen(
        [sys.executable, script, tmp_path], text=True, stdout=subprocess.PIPE
    )
    worker = next(int(line) for line in process.stdout if line.strip().isdigit())
    process.send_signal(signal.SIGKILL)
    process.wait()
    for _ in range(100):
        if not lives(worker):
            return
        time.sleep(0.05)
    raise AssertionError(f'{worker} lives on')


def lives(pid):
    """Whether a process runs; one that has ended and waits for its parent does not."""
    try:
        with open(f'/proc/{pid}/stat') as file:  # noqa: PTH123
            return file.read().rpartition(')')[2].split()[0] not in 'ZX'
    except OSError:
        return False
