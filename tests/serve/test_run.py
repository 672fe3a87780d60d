"""The service as a process: it starts, answers, and stops without losing a request."""

import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from urllib.error import HTTPError

import pytest

from mmfsa.cli import main

pytest.importorskip('uvicorn', reason='mmfsa[serve] is not installed')
client = pytest.importorskip('websockets.sync.client', reason='no websockets')
from websockets.exceptions import ConnectionClosed  # noqa: E402

COMMAND = 'import sys; from mmfsa.cli import main; sys.exit(main())'
OPTIONS = '--model=fsa_caps_1x1.synthetic', '--device=cpu', '--detector=none'


def start(*options):
    return subprocess.Popen(
        [sys.executable, '-c', COMMAND, 'serve', *OPTIONS, '--port=0', *options],
        stderr=subprocess.PIPE,
        text=True,
        env=dict(os.environ, OMP_NUM_THREADS='1'),
    )


def ask(address, body=None):
    """Get an address, or post a body to it."""
    with urllib.request.urlopen(address, body, timeout=60) as answer:
        return answer.read().decode()


@contextmanager
def running(*options):
    """Yields the process and its address, when it answers."""
    with start(*options) as process:
        try:
            address = re.search(r'http://\S+', process.stderr.readline())[0]
            assert 'ok' in ask(f'{address}/health')
            yield process, address
        finally:
            process.terminate()
            process.wait(30)


def in_work(address):
    """How many requests are in work."""
    numbers = ask(f'{address}/metrics')
    return float(re.search(r'^mmfsa_waiting (\S+)', numbers, re.MULTILINE)[1])


def test_workers_answer_all_that_they_accepted_and_stop(image_file):
    with running('--workers=2') as (process, address):
        post = f'{address}/predict'
        for _ in range(4):
            assert '"valid":true' in ask(post, image_file())
        with pytest.raises(HTTPError, match='400'):
            ask(post, b'x')
        # Whoever is asked knows the numbers of both workers.
        numbers = ask(f'{address}/metrics')
        assert 'mmfsa_images_total 4.0' in numbers
        assert 'mmfsa_requests_total{status="400"} 1.0' in numbers

        socket = client.connect(address.replace('http', 'ws') + '/stream').__enter__()
        socket.send(image_file())
        assert 'predictions' in socket.recv()
        # Large images keep the workers busy while the signal comes.
        slow = image_file(size=(3000, 2000), suffix='.jpg')
        with ThreadPoolExecutor(8) as pool:
            posts = [pool.submit(ask, post, slow) for _ in range(8)]
            while in_work(address) < 8 and not posts[0].done():
                time.sleep(0.01)
            process.send_signal(signal.SIGTERM)
            assert all('"valid":true' in one.result() for one in posts)
        with pytest.raises(ConnectionClosed) as end:
            socket.recv()
        assert end.value.rcvd.code == 1012
        assert process.wait(30) == 0
        log = process.stderr.read()
    counts = re.findall(r'accepted requests: (\d+), answered: (\d+)', log)
    assert len(counts) == 2
    assert all(accepted == answered for accepted, answered in counts)
    assert 'Traceback' not in log


def test_wrong_settings_are_one_line(capsys):
    assert main(['serve', '--weights=nowhere.pth', '--port=0']) == 2
    log = capsys.readouterr().err
    assert log.endswith('mmfsa: there are no weights nowhere.pth\n')
    with start('--weights=nowhere.pth', '--workers=2') as process:
        log = process.communicate(timeout=60)[1]
    assert process.returncode == 2
    assert 'mmfsa: there are no weights nowhere.pth' in log and 'Traceback' not in log
