"""What is read as a stream: any name, no address unless asked, no device, no pipe."""

import os
import socket
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import cv2
import numpy as np
import pytest

from mmfsa.sources import PictureWriter, expand, open_streams, streams
from mmfsa.sources.streams import VideoStream
from mmfsa.utils import doors
from mmfsa.utils.images import write_image


def read_all(inputs, **options):
    frames, problems = [], []
    for stream in open_streams(expand(inputs, **options), **options):
        frames += stream
        problems += stream.problems
    return frames, problems


@pytest.fixture
def odd_name(tmp_path):
    """A name that is no UTF-8, below a folder whose name is none either."""
    folder = tmp_path / os.fsdecode(b'f\xe9')
    try:
        folder.mkdir()
    except OSError:
        pytest.skip('this file system takes UTF-8 names alone')
    return folder / os.fsdecode(b'b\xff')


def test_names_that_are_no_text(odd_name, write_video, image):
    video = odd_name.with_suffix('.mp4')
    video.write_bytes(write_video(frames=3, name='a.mp4').read_bytes())
    photo = odd_name.with_suffix('.png')
    write_image(image, photo)
    frames, problems = read_all([video, str(photo)])
    assert len(frames) == 4 and not problems
    out = odd_name.parent / 'out'
    with PictureWriter(out, []) as writer:
        stream = VideoStream(video)
        for frame in stream:
            writer.write(stream, frame, frame.image)
    assert len(read_all(out / video.name)[0]) == 3


def test_names_that_no_file_can_have(image):
    frames, problems = read_all(['a\0.mp4', 'x' * 5000, image])
    assert len(frames) == 1 and len(problems) == 2


def test_no_video_from_a_pipe_or_a_device(tmp_path):
    os.mkfifo(tmp_path / 'pipe.mp4')
    (tmp_path / 'zero.mp4').symlink_to('/dev/zero')
    frames, problems = read_all(tmp_path)
    assert not frames
    assert ['no regular file' in reason for _, reason in problems] == [True, True]


def test_a_video_of_too_many_pixels(write_video, monkeypatch):
    path = write_video(frames=2)
    monkeypatch.setitem(doors.LIMITS, 'pixels', 1000)
    frames, ((name, reason),) = read_all(path)
    assert not frames and name == str(path) and '--limits' in reason


@pytest.fixture
def server(tmp_path):
    """The address of a server of the folder."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    handler = partial(Quiet, directory=tmp_path)
    with ThreadingHTTPServer(('127.0.0.1', 0), handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f'http://127.0.0.1:{running.server_port}'
        running.shutdown()


def test_an_address_is_read_where_it_is_allowed(server, write_video):
    address = f'{server}/{write_video(frames=3, name="a.mp4").name}'
    for inputs in (address, [address], iter([address])):
        frames, ((name, reason),) = read_all(inputs)
        assert not frames and name == address
        assert (
            reason == 'addresses are not read: save the file first, or --allow-network'
        )
    frames, problems = read_all(address, allow_network=True)
    assert len(frames) == 3 and not problems


@pytest.mark.parametrize(
    'address', ['file:///etc/passwd', 'ftp://a.b/c.mp4', 'concat:/a.mp4', 'udp://@:1']
)
def test_other_addresses_are_never_read(address):
    frames, ((_, reason),) = read_all(address, allow_network=True)
    assert not frames and reason == 'addresses are not read: save the file first'


def test_a_server_that_does_not_answer(monkeypatch):
    monkeypatch.setattr(streams, 'TIMEOUT', 1)
    with socket.create_server(('127.0.0.1', 0)) as silent:
        address = f'http://127.0.0.1:{silent.getsockname()[1]}/a.mp4'
        frames, ((_, reason),) = read_all(address, allow_network=True)
    assert not frames and reason.startswith('no answer in 1 s')


def test_a_live_stream_is_opened_again(monkeypatch):
    """Three pictures, then it breaks off; the second time there is one more."""
    pictures = [[1, 2, 3], [4]]

    class Capture:
        def __init__(self, *_):
            self.left = pictures.pop(0) if pictures else []

        def isOpened(self):  # noqa: N802
            return bool(self.left)

        def get(self, _):
            return 0

        def set(self, *_):
            return True

        def read(self):
            found = bool(self.left)
            return found, np.full((4, 4, 3), self.left.pop(0)) if found else None

        def release(self):
            pass

    waits = []
    monkeypatch.setattr(cv2, 'VideoCapture', Capture)
    monkeypatch.setattr(streams.time, 'sleep', waits.append)
    frames, _ = read_all('rtsp://camera/1', allow_network=True)
    assert [frame.image[0, 0, 0] for frame in frames] == [1, 2, 3, 4]
    assert waits == [1, 1, 2, 4]
