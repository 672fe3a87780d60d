"""What the service answers: records, errors of one line, numbers, its description."""

import asyncio
import struct
import threading
import zlib
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import cv2
import numpy as np
import pytest

pytest.importorskip('fastapi', reason='mmfsa[serve] is not installed')
pytest.importorskip('multipart', reason='python-multipart is not installed')
from fastapi import Request
from fastapi.testclient import TestClient
from starlette.exceptions import HTTPException
from starlette.websockets import WebSocketDisconnect

from mmfsa import HeadPoseInferencer, HeadPosePredictor
from mmfsa.serve.app import create_app, read_images
from mmfsa.serve.limits import Limits
from mmfsa.serve.schema import Predictions

LIMITS = dict(max_bytes=200_000, max_pixels=10_000, max_images=3)


@pytest.fixture
def serve(predictor):
    """Starts a service with limits of the test's."""
    clients = []

    def start(**limits):
        app = create_app(predictor, Limits(**{**LIMITS, **limits}))
        clients.append(TestClient(app))
        return clients[-1].__enter__()

    yield start
    for client in clients:
        client.__exit__(None, None, None)


@pytest.fixture
def client(serve):
    return serve()


@pytest.fixture
def inferencer(predictor):
    """What `mmfsa predict` uses, with the same method and detector."""
    method = predictor.method
    inferencer = HeadPoseInferencer(method, detector='none', device='cpu')
    assert inferencer.predictor.method is method
    return inferencer


def paths_of(images, tmp_path):
    paths = [tmp_path / f'{i}.png' for i in range(len(images))]
    for path, image in zip(paths, images, strict=True):
        path.write_bytes(image)
    return [str(path) for path in paths]


def test_an_image_gives_the_records_of_predict(
    client, inferencer, image_file, tmp_path
):
    (path,) = paths_of([image_file()], tmp_path)
    (expected,) = inferencer(path)
    answer = client.post('/predict', content=image_file(), params=dict(name=path))
    assert answer.status_code == 200
    assert answer.json()['predictions'] == expected['predictions']
    assert Predictions.model_validate(answer.json()).predictions[0][0].valid


def test_a_face_on_its_side_is_seen_upright(
    predictor, lying_face, image_file, tmp_path
):
    finds = dict(detector=lying_face, device='cpu')
    inferencer = HeadPoseInferencer(predictor.method, **finds)
    (path,) = paths_of([image_file()], tmp_path)
    app = create_app(HeadPosePredictor(predictor.method, **finds), Limits(**LIMITS))
    with TestClient(app) as client:
        answer = client.post('/predict', content=image_file(), params=dict(name=path))
    ((face,),) = answer.json()['predictions']
    assert face == next(inferencer(path))['predictions'][0][0]
    assert face['turned'] != 0


def test_several_images_keep_their_order_and_names(
    client, inferencer, image_file, tmp_path
):
    images = [image_file(seed) for seed in range(3)]
    paths = paths_of(images, tmp_path)
    files = [('images', pair) for pair in zip(paths, images, strict=True)]
    answer = client.post('/predict', files=files).json()
    (expected,) = inferencer(paths, batch_size=3)
    assert [faces[0]['image'] for faces in answer['predictions']] == paths
    for faces, others in zip(
        answer['predictions'], expected['predictions'], strict=True
    ):
        assert faces[0]['yaw'] == pytest.approx(others[0]['yaw'], abs=2e-3)


def test_a_stream_gives_the_records_of_a_video(
    client, inferencer, image_file, tmp_path
):
    images = [image_file(seed) for seed in range(4)]
    results = inferencer(paths_of(images, tmp_path), as_video=True, smooth=True)
    expected = [result['predictions'][0][0] for result in results]
    answers = []
    with client.websocket_connect('/stream?name=clip&smooth=true&fps=30') as socket:
        for image in images:
            socket.send_bytes(image)
            answers.append(socket.receive_json())
    for answer, record in zip(answers, expected, strict=True):
        ((found,),) = answer['predictions']
        assert found == dict(record, image='clip')
    assert Predictions.model_validate(answers[-1])


def test_a_bad_frame_ends_no_stream(client, image_file):
    with client.websocket_connect('/stream') as socket:
        socket.send_bytes(b'no image')
        assert 'stream: no image of JPEG' in socket.receive_json()['error']
        socket.send_text('hello')
        assert 'one binary message' in socket.receive_json()['error']
        socket.send_bytes(image_file())
        ((face,),) = socket.receive_json()['predictions']
        assert face['frame'] == 2 and face['track_id'] == 1 and face['time'] >= 0


def test_streams_are_limited(serve, image_file):
    client = serve(streams=1)
    connect = partial(client.websocket_connect, '/stream')
    with connect() as socket:
        with connect() as other, pytest.raises(WebSocketDisconnect) as end:
            other.receive_text()
        assert end.value.code == 1013
        assert 'mmfsa_streams 1.0' in client.get('/metrics').text
        socket.send_bytes(image_file())
        assert 'predictions' in socket.receive_json()
    with connect() as socket:
        socket.send_bytes(image_file())
        assert 'predictions' in socket.receive_json()


def test_a_stream_without_frames_is_closed(serve):
    with serve(timeout=0.05).websocket_connect('/stream') as socket:
        with pytest.raises(WebSocketDisconnect) as end:
            socket.receive_text()
        assert end.value.code == 1008


@pytest.mark.parametrize('query', ['fps=0', 'fps=x', 'detect_every=0', 'smooth=7'])
def test_a_stream_with_wrong_settings_does_not_open(client, query):
    connecting = client.websocket_connect(f'/stream?{query}')
    with pytest.raises(WebSocketDisconnect), connecting as socket:
        socket.receive_text()


def bomb():
    """A PNG that says it has 8000 x 8000 pixels, and has none."""
    header = b'IHDR' + struct.pack('>IIBBBBB', 8000, 8000, 8, 2, 0, 0, 0)
    check = struct.pack('>I', zlib.crc32(header))
    begin = b'\x89PNG\r\n\x1a\n' + struct.pack('>I', 13)
    return begin + header + check + struct.pack('>I', 9) + b'IDAT'


MALFORMED = {
    'empty': (dict(content=b''), 400, 'there is no image'),
    'text': (dict(content=b'hello'), 400, 'image: no image of JPEG, PNG, WEBP, BMP'),
    'gif': (dict(content=b'GIF89a' + bytes(9)), 400, 'no image of'),
    'bomb': (dict(content=bomb()), 400, 'more than 10000 pixels'),
    'bytes': (dict(content=bytes(200_001)), 413, 'more than 200000 bytes'),
    'chunks': (dict(content=iter([bytes(150_000)] * 2)), 413, 'more than 200000'),
    'no form': (
        dict(content=b'x', headers={'content-type': 'multipart/form-data'}),
        400,
        'boundary',
    ),
    'bad form': (
        dict(
            content=b'--b\r\nContent-Disposition: x\r\n\r\n',
            headers={'content-type': 'multipart/form-data; boundary=b'},
        ),
        400,
        'must be provided',
    ),
    'empty form': (
        dict(
            content=b'--b--\r\n',
            headers={'content-type': 'multipart/form-data; boundary=b'},
        ),
        400,
        'there is no image',
    ),
    'empty file': (dict(files=[('a', ('a.png', b''))]), 400, 'there is no image'),
    'a field of text': (
        dict(files=[('b', ('b', b'x'))], data=dict(a='1')),
        400,
        "the field 'a' is text",
    ),
    'many files': (dict(files=[('a', ('a', b'x'))] * 4), 400, 'Too many files'),
}


@pytest.mark.parametrize('case', MALFORMED)
def test_a_malformed_request_gets_one_line(client, case):
    request, status, text = MALFORMED[case]
    answer = client.post('/predict', **request)
    assert answer.status_code == status
    assert {*answer.json()} == {'error'}
    assert text in answer.json()['error'] and len(answer.text.splitlines()) == 1


def test_a_truncated_image_is_refused_by_its_name(client, image_file):
    files = [('a', ('good.png', image_file())), ('a', ('cut.png', image_file()[:60]))]
    answer = client.post('/predict', files=files)
    assert answer.status_code == 400
    assert answer.json()['error'].startswith('cut.png: ')


@pytest.mark.parametrize(
    ('method', 'path', 'status'),
    [('GET', '/predict', 405), ('GET', '/docs', 404), ('POST', '/health', 405)],
)
def test_a_wrong_address(client, method, path, status):
    answer = client.request(method, path)
    assert answer.status_code == status and {*answer.json()} == {'error'}


class Gate:
    """A detector's place: it waits until the test opens the gate."""

    def __init__(self, original):
        self.entered, self.open = threading.Semaphore(0), threading.Event()
        self.original = original

    def __call__(self, image):
        self.entered.release()
        assert self.open.wait(20)
        return self.original(image)


@pytest.fixture
def gate(predictor, monkeypatch):
    gate = Gate(predictor.detector)
    monkeypatch.setattr(predictor, 'detector', gate)
    yield gate
    gate.open.set()


def test_a_full_queue_says_try_again(serve, gate, image_file):
    client = serve(queue=2)
    with ThreadPoolExecutor() as pool:
        posts = [
            pool.submit(client.post, '/predict', content=image_file()) for _ in range(2)
        ]
        assert gate.entered.acquire(timeout=10)
        while 'mmfsa_waiting 2.0' not in client.get('/metrics').text:
            pass
        refused = client.post('/predict', content=image_file())
        assert refused.status_code == 503
        assert refused.json() == dict(error='the queue is full: try again later')
        assert client.get('/health').json()['status'] == 'ok'
        gate.open.set()
        assert [post.result().status_code for post in posts] == [200, 200]
    assert client.post('/predict', content=image_file()).status_code == 200
    numbers = client.get('/metrics').text
    assert 'mmfsa_requests_total{status="503"} 1.0' in numbers
    assert 'mmfsa_images_total 3.0' in numbers


def test_no_answer_in_time(serve, gate, image_file):
    answer = serve(timeout=0.05).post('/predict', content=image_file())
    assert answer.status_code == 504
    assert answer.json() == dict(error='no answer within 0.05 s: try again later')


@pytest.mark.parametrize(
    ('event', 'status', 'text'),
    [(None, 408, 'did not arrive within 0.01 s'), ('http.disconnect', 400, 'is cut')],
)
def test_a_body_that_does_not_arrive(event, status, text):
    async def receive():
        if event is None:
            await asyncio.sleep(60)
        return dict(type=event)

    request = Request(dict(type='http', headers=[]), receive)
    with pytest.raises(HTTPException) as error:
        asyncio.run(read_images(request, 'image', Limits(timeout=0.01)))
    assert error.value.status_code == status and text in error.value.detail


def test_a_face_that_breaks_the_network_takes_no_other_along(
    serve, predictor, image_file, monkeypatch
):
    original = predictor.method.predict_batch
    broken = cv2.imdecode(np.frombuffer(image_file(1), np.uint8), 1)

    def fragile(frames, faces):
        if any((frame.image == broken).all() for frame in frames):
            raise RuntimeError('secret of the inside')
        return original(frames, faces)

    monkeypatch.setattr(predictor.method, 'predict_batch', fragile)
    client = serve()
    with ThreadPoolExecutor() as pool:
        posts = [
            pool.submit(client.post, '/predict', content=image_file(seed))
            for seed in range(3)
        ]
        statuses = [post.result().status_code for post in posts]
    assert statuses == [200, 500, 200]
    assert posts[1].result().json() == dict(
        error='the service failed: its log says why'
    )


def test_health_and_description(client):
    health = client.get('/health').json()
    assert health['status'] == 'ok' and health['model'] == 'fsa_caps_1x1.synthetic'
    description = client.get('/openapi.json').json()
    assert {*description['paths']} == {'/predict', '/health', '/metrics'}
    body = description['paths']['/predict']['post']['requestBody']['content']
    assert {*body} == {'image/*', 'multipart/form-data'}


@pytest.mark.parametrize('name', ['queue', 'batch', 'timeout'])
def test_a_limit_is_above_0(name):
    with pytest.raises(ValueError, match=f'{name} must be above 0, got 0'):
        Limits(**{name: 0})
