"""Several processes give what one gives, in the same order, and end cleanly."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import pytest

from mmfsa import HeadPoseInferencer
from mmfsa.apis.inferencer import PREDICTIONS
from mmfsa.apis.workers import AHEAD, Workers
from mmfsa.utils.threads import OfOneProcess, usual_threads


@pytest.fixture(scope='module')
def folder(tmp_path_factory):
    """Seven crops of random colours and a file that is no image."""
    folder = tmp_path_factory.mktemp('images')
    for number in range(7):
        small = np.random.default_rng(number).integers(0, 256, (6, 6, 3), np.uint8)
        image = cv2.resize(small, (80, 80), interpolation=cv2.INTER_CUBIC)
        cv2.imwrite(str(folder / f'{number}.png'), image)
    (folder / '3_damaged.jpg').write_bytes(b'none')
    return folder


@pytest.fixture(scope='module')
def nano():
    return HeadPoseInferencer('nano', detector='none', backend='onnxruntime', threads=1)


@pytest.mark.parametrize(
    'how',
    [
        dict(batch_size=2),
        dict(as_video=True, smooth=True),
        dict(as_video=True, smooth=True, batch_size=3),
    ],
)
def test_two_workers_write_what_one_writes(nano, folder, tmp_path, how):
    for workers in (1, 2):
        out = tmp_path / str(workers)
        results = [
            *nano(str(folder), out_dir=out, return_vis=True, workers=workers, **how)
        ]
        assert len(nano.failures) == 1
        assert sum(len(result['visualization']) for result in results) == 7
    files = sorted(p.relative_to(out) for p in out.rglob('*') if p.is_file())
    assert len(files) == (2 if how.get('as_video') else 8)
    for file in files:
        assert (out / file).read_bytes() == (tmp_path / '1' / file).read_bytes()


def test_the_usual_backend_runs_in_workers(folder):
    """Whatever it is: torch where it is installed."""
    nano = HeadPoseInferencer('nano', detector='none')
    one, two = (
        [r['predictions'] for r in nano(str(folder), workers=workers)]
        for workers in (1, 2)
    )
    assert one == two and len(one) == 7


def test_the_command_with_its_usual_backend(folder, mmfsa_command):
    command = [*mmfsa_command, 'predict', str(folder), '--model', 'nano', '--json']
    one, two = (
        subprocess.run(
            [*command, '--detector', 'none', '--workers', workers], capture_output=True
        )
        for workers in '12'
    )
    assert one.returncode == two.returncode == 1  # one file is damaged
    assert one.stdout == two.stdout and one.stdout.count(b'\n') == 7


class Number(OfOneProcess):
    """What is shared in tests."""

    def __init__(self, value):
        if value < 0 and 'spawn' in multiprocessing.current_process().name.lower():
            raise ValueError(f'{value} is below 0')
        self.value = value


def add(number, item):
    threads = usual_threads(), cv2.getNumThreads()
    return number.value + item, threads, os.getpid()


def end(number, item):
    """The process that got the number as its own goes on, and others are killed."""
    if os.getpid() != number.value:
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(0.01)
    return item


def slow(number, item):
    time.sleep(0.02)
    return add(number, item)


def test_order_threads_and_how_many_are_taken_ahead():
    taken, had = [], cv2.getNumThreads()
    items = (taken.append(i) or i for i in range(400))
    with Workers(2, Number(100)) as pool:
        results = []
        for result in pool.map(slow, items):
            results.append(result)
            assert len(taken) - len(results) <= 2 * AHEAD
    assert [item for item, _ in results] == [*range(400)]
    assert [answer[0] for _, answer in results] == [*range(100, 500)]
    here, there = (
        {a[1] for _, a in results if (a[2] == os.getpid()) == own}
        for own in (True, False)
    )
    assert there == {(1, 1)}
    assert {opencvs for _, opencvs in here} == {1}
    assert cv2.getNumThreads() == had


def test_processes_start_with_the_first_task():
    before = len(multiprocessing.active_children())
    with Workers(2, Number(100)) as pool:
        assert len(multiprocessing.active_children()) == before
        assert len([*pool.map(add, range(3))]) == 3
        assert len(multiprocessing.active_children()) == before + 1


def test_a_killed_worker_is_an_error_and_the_results_before_it_stay():
    got = []
    with (
        pytest.raises(ChildProcessError, match='a worker was killed'),
        Workers(2, Number(os.getpid())) as pool,
    ):
        got += (answer for _, answer in pool.map(end, range(10_000)))
    assert got == [*range(len(got))] and len(got) > 0


def test_what_a_worker_cannot_build_is_said_as_here():
    with (
        pytest.raises(ValueError, match='-1 is below 0'),
        Workers(2, Number(-1)) as pool,
    ):
        for _ in pool.map(slow, range(10_000)):
            pass


def fail(number, item):
    time.sleep(0.01)
    if item == 5:
        raise OSError('item 5')
    return item


def test_what_fails_here_comes_after_what_was_before():
    got = []
    with pytest.raises(OSError, match='item 5'), Workers(2, Number(0)) as pool:
        got += (answer for _, answer in pool.map(fail, range(10)))
    assert got == [*range(5)]


@pytest.mark.skipif(sys.platform == 'win32', reason='Windows has other signals')
def test_an_interrupt_leaves_no_process_and_whole_lines(
    folder, mmfsa_command, tmp_path
):
    out = tmp_path / 'out'
    images = [str(folder)] * 400
    command = [*mmfsa_command, 'predict', *images]
    options = '--model nano --backend onnxruntime --detector none --workers 2 --json'
    said = tmp_path / 'said.txt'
    with said.open('w') as errors:
        process = subprocess.Popen(
            [*command, *options.split(), '--draw', 'none', '--out', out],
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            # A background job of a shell ignores it, and so do the job's processes.
            preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
        )
    assert process.stdout.readline().startswith('{')
    children = Path(f'/proc/{process.pid}/task/{process.pid}/children')
    ids = [int(n) for n in children.read_text().split()] if children.exists() else []
    process.send_signal(signal.SIGINT)
    process.stdout.read()
    assert process.wait(60) == 130, said.read_text()
    lines = (out / PREDICTIONS).read_text().splitlines()
    assert lines and all(line.endswith('}') for line in lines)
    deadline = time.monotonic() + 20
    while any(Path(f'/proc/{n}').exists() for n in ids):
        assert time.monotonic() < deadline
        time.sleep(0.1)
