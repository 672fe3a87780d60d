"""Results get their names when they are whole: a full disk is an error, and spoils none."""

import resource
import signal
from contextlib import contextmanager

import cv2
import numpy as np
import pytest

from mmfsa.sources import PictureWriter, RecordWriter
from mmfsa.sources.streams import ImageStream
from mmfsa.structures import Frame

NOISE = np.random.default_rng(0).integers(0, 256, (40, 96, 128, 3), dtype=np.uint8)


@contextmanager
def full_at(size):
    """Let no file grow beyond so many bytes, as on a disk that is full then."""
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limit[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
        signal.signal(signal.SIGXFSZ, handler)


def write_video(folder, frames=NOISE):
    stream = ImageStream(frames, as_video=True)
    with PictureWriter(folder, []) as pictures:
        for i, frame in enumerate(frames):
            pictures.write(stream, Frame(frame, 'array', i), frame)


def count(path):
    return cv2.VideoCapture(str(path)).get(cv2.CAP_PROP_FRAME_COUNT)


@pytest.mark.parametrize('size', [0, 40, 5_000, 100_000])
def test_a_disk_that_fills_while_a_video_is_written(tmp_path, size):
    write_video(tmp_path, NOISE[:3])
    message = r'array\.mp4.*(disk full\?|writes no video)'
    with pytest.raises(OSError, match=message), full_at(size):
        write_video(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ['array.mp4']
    assert count(tmp_path / 'array.mp4') == 3


def test_a_disk_that_is_full_at_the_end_of_a_video(tmp_path):
    write_video(tmp_path / 'whole')
    size = (tmp_path / 'whole/array.mp4').stat().st_size - 400
    with pytest.raises(OSError, match='could not be written whole'), full_at(size):
        write_video(tmp_path / 'cut')
    assert not list((tmp_path / 'cut').iterdir())


def test_a_whole_video(tmp_path):
    write_video(tmp_path)
    write_video(tmp_path, NOISE[:1])
    assert count(tmp_path / 'array.mp4') == 1
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize('size', [0, 9, 70_000])
def test_a_disk_that_fills_while_records_are_written(tmp_path, size):
    path = tmp_path / 'predictions.jsonl'
    path.write_text('older\n')
    with (
        pytest.raises(OSError, match=r'predictions\.jsonl'),
        full_at(size),
        RecordWriter(path) as file,
    ):
        for i in range(9999):
            file.write(dict(number=i))
    assert path.read_text() == 'older\n'
    assert len(list(tmp_path.iterdir())) == 1
