"""The service as a process: it starts, answers, and stops without losing a request."""

import re
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.error import HTTPError

import pytest

from mmfsa.cli import main

pytest.importorskip('uvicorn', reason='mmfsa[serve] is not installed')
client = pytest.importorskip('websockets.sync.client', reason='no websockets')
from websockets.exceptions import ConnectionClosed  # noqa: E402


def in_work(numbers):
    """How many requests are in work."""
    return float(re.search(r'^mmfsa_waiting (\S+)', numbers, re.MULTILINE)[1])


def test_workers_answer_all_that_they_accepted_and_stop(image_file, running, ask, log):
    with running('--workers=2', '--detector=none') as (process, address):
        while log.read_text().count('Application startup complete') < 2:
            assert process.poll() is None
            time.sleep(0.1)
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
            while in_work(ask(f'{address}/metrics')) < 8 and not posts[0].done():
                time.sleep(0.01)
            process.send_signal(signal.SIGTERM)
            assert all('"valid":true' in one.result() for one in posts)
        with pytest.raises(ConnectionClosed) as end:
            socket.recv()
        assert end.value.rcvd.code == 1012
        assert process.wait(30) == 0
    said = log.read_text()
    counts = re.findall(r'accepted requests: (\d+), answered: (\d+)', said)
    assert len(counts) == 2
    assert all(accepted == answered for accepted, answered in counts)
    assert 'Traceback' not in said


def test_wrong_settings_are_one_line(capsys, start, log):
    assert main(['serve', '--weights=nowhere.pth', '--port=0']) == 2
    assert capsys.readouterr().err.endswith('mmfsa: there are no weights nowhere.pth\n')
    with start('--weights=nowhere.pth', '--workers=2') as process:
        assert process.wait(120) == 2
    said = log.read_text()
    assert 'mmfsa: there are no weights nowhere.pth' in said and 'Traceback' not in said
