"""The service under load: how fast it is, what it survives, and that nothing gets lost.

`python -m pytest -m slow -s tests/serve/test_load.py` prints the numbers.
"""

import asyncio
import json
import os
import random
import re
import signal
import time
from itertools import count
from pathlib import Path

import cv2
import numpy as np
import pytest

pytest.importorskip('uvicorn', reason='mmfsa[serve] is not installed')

pytestmark = pytest.mark.slow
PEOPLE = Path(__file__).resolve().parents[2] / 'docs/images/people.jpg'
CLIENTS = 16


def post(body, headers=()):
    lines = ['POST /predict HTTP/1.1', 'Host: x', f'Content-Length: {len(body)}']
    return '\r\n'.join([*lines, *headers, '', '']).encode() + body


async def answer_of(reader):
    """The status and the body of the next answer; None where the connection ended."""
    try:
        head = (await reader.readuntil(b'\r\n\r\n')).decode()
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    length = re.search(r'content-length: (\d+)', head)
    if length is None:  # in one chunk: the server says that this is not HTTP
        chunk = (await reader.read()).split(b'\r\n')
        return int(head.split()[1]), chunk[1] if len(chunk) > 1 else b''
    return int(head.split()[1]), await reader.readexactly(int(length[1]))


async def client(address, requests, note):
    """Send requests one after the other, over one connection as long as it stays."""
    host, port = address.removeprefix('http://').split(':')
    writer = None
    for request in requests:
        if writer is None:
            try:
                reader, writer = await asyncio.open_connection(host, port)
            except ConnectionError:  # it has stopped
                return
        start = time.perf_counter()
        writer.write(request)
        answer = await answer_of(reader)
        note(request, answer, time.perf_counter() - start)
        if answer is None or reader.at_eof():
            writer.close()
            writer = None


def family(process):
    """The folders below /proc of a process and its children."""
    task = Path(f'/proc/{process.pid}/task/{process.pid}')
    numbers = process.pid, *(task / 'children').read_text().split()
    return [Path(f'/proc/{number}') for number in numbers]


def memory(process):
    """Resident memory of a process and its children in MB."""
    pages = (int((p / 'statm').read_text().split()[1]) for p in family(process))
    return sum(pages) * os.sysconf('SC_PAGE_SIZE') / 2**20


def work(process):
    """Seconds that cores have worked for a process and its children."""
    ticks = 0
    for path in family(process):
        fields = (path / 'stat').read_text().rpartition(')')[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf('SC_CLK_TCK')


@pytest.mark.parametrize('workers', [1, 2])
@pytest.mark.parametrize('detector', ['none', 'centerface'])
def test_throughput(running, image_file, workers, detector):
    if detector == 'centerface':
        pytest.importorskip('onnxruntime', reason='CenterFace needs mmfsa[detect]')
    image = image_file() if detector == 'none' else PEOPLE.read_bytes()
    times = []

    def note(_, answer, seconds):
        assert answer[0] == 200, answer
        times.append(seconds)

    def until(end):
        while time.monotonic() < end:
            yield post(image)

    async def load(seconds):
        end = time.monotonic() + seconds
        clients = (client(address, until(end), note) for _ in range(CLIENTS))
        await asyncio.gather(*clients)

    with running(f'--workers={workers}', f'--detector={detector}') as (
        process,
        address,
    ):
        asyncio.run(load(5))
        before, worked = memory(process), work(process)
        times.clear()
        asyncio.run(load(20))
        after, worked = memory(process), work(process) - worked
    p50, p99 = 1000 * np.percentile(times, [50, 99])
    print(  # noqa: T201
        f'\n{detector}, workers: {workers}: {len(times) / 20:.1f} requests/s, '
        f'{CLIENTS} clients, p50 {p50:.0f} ms, p99 {p99:.0f} ms, '
        f'{1000 * worked / len(times):.1f} ms of a core each, '
        f'memory {before:.0f} to {after:.0f} MB'
    )
    assert after < 1.1 * before + 20


def malformed(chance, images):
    """A request that is wrong in some way."""
    image = bytearray(chance.choice(images))
    kind = chance.randrange(8)
    if kind == 0:  # damaged here and there
        for _ in range(chance.randint(1, 30)):
            image[chance.randrange(len(image))] = chance.randrange(256)
        return post(bytes(image))
    if kind == 1:  # cut
        return post(bytes(image[: chance.randrange(len(image))]))
    if kind == 2:  # no image
        return post(chance.randbytes(chance.randrange(500)))
    if kind == 3:  # a form that is none
        body = chance.randbytes(200)
        return post(body, ['Content-Type: multipart/form-data; boundary=b'])
    if kind == 4:  # a damaged form
        parts = b'--b\r\nContent-Disposition: form-data; name="a"; filename="f"\r\n\r\n'
        body = bytearray(parts + image[:200] + b'\r\n--b--\r\n')
        for _ in range(5):
            body[chance.randrange(len(body))] = chance.randrange(256)
        return post(bytes(body), ['Content-Type: multipart/form-data; boundary=b'])
    if kind == 5:  # a wrong address
        path = ''.join(chance.choices('abc/%?.=&;_', k=12))
        return f'POST /{path} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n'.encode()
    if kind == 6:  # not HTTP
        return bytes(chance.choices(range(1, 256), k=40)) + b'\r\n\r\n'
    return post(b'', [f'X-{"a" * chance.randrange(9000)}: {"b" * 9000}'])


def test_malformed_requests(running, image_file, log):
    chance = random.Random(0)
    suffixes = '.png', '.jpg', '.webp', '.bmp'
    images = [image_file(i, suffix=suffix) for i, suffix in enumerate(suffixes)]
    images.append(cv2.imencode('.png', np.zeros((7000, 7000), np.uint8))[1].tobytes())
    statuses = {}

    def note(request, answer, _):
        assert answer is not None, request[:300]
        status, body = answer
        statuses[status] = statuses.get(status, 0) + 1
        assert status in (200, 400, 404, 405, 413), (request[:300], answer)
        assert b'Traceback' not in body and body.count(b'\n') == 0
        if request.startswith(b'POST') and status != 200:
            assert {*json.loads(body)} == {'error'}

    async def load():
        requests = (malformed(chance, images) for _ in range(10_000))
        await asyncio.gather(*(client(address, requests, note) for _ in range(8)))

    with running('--detector=none') as (process, address):
        before = memory(process)
        asyncio.run(load())
        after = memory(process)
        asyncio.run(client(address, [post(images[0])], note))
        process.terminate()
        process.wait(60)
    print(f'\n10,000 malformed requests: {statuses}')  # noqa: T201
    print(f'memory {before:.0f} to {after:.0f} MB')  # noqa: T201
    assert sum(statuses.values()) == 10_001
    assert 'Traceback' not in log.read_text()


def test_a_signal_under_load(running, image_file, log):
    image = image_file(size=(1200, 900), suffix='.jpg')
    answers = []

    async def load(process, address):
        def note(_, answer, __):
            answers.append(answer)

        clients = [
            asyncio.create_task(client(address, (post(image) for _ in count()), note))
            for _ in range(CLIENTS)
        ]
        await asyncio.sleep(5)
        process.send_signal(signal.SIGTERM)
        await asyncio.gather(*clients)

    with running('--workers=2', '--detector=none') as (process, address):
        asyncio.run(load(process, address))
        assert process.wait(60) == 0
    whole = [answer for answer in answers if answer is not None]
    assert all(status == 200 for status, _ in whole)
    counts = re.findall(r'accepted requests: (\d+), answered: (\d+)', log.read_text())
    accepted, answered = (sum(map(int, column)) for column in zip(*counts, strict=True))
    print(  # noqa: T201
        f'\nSIGTERM under load: accepted {accepted}, answered {answered}, clients got '
        f'{len(whole)} answers; {len(answers) - len(whole)} requests were not accepted'
    )
    assert accepted == answered == len(whole) + 1  # /health, when it started
