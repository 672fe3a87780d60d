"""Videos that browsers play, with each encoder."""

import subprocess

import cv2
import numpy as np
import pytest

from mmfsa.sources import video_file
from mmfsa.sources.video_file import H264File, WebMFile, video_type

KINDS = {H264File: 'h264', WebMFile: 'VP80'}


def frames_of(path):
    capture = cv2.VideoCapture(str(path))
    frames = []
    while (frame := capture.read())[0]:
        frames.append(frame[1])
    code = int(capture.get(cv2.CAP_PROP_FOURCC)).to_bytes(4, 'little').decode()
    return frames, capture.get(cv2.CAP_PROP_FPS), code


@pytest.mark.parametrize('kind', KINDS)
@pytest.mark.parametrize('size', [(96, 64), (97, 63)])
def test_frames_come_back(tmp_path, kind, size):
    """Also those of odd sizes, which get a black edge in H.264."""
    path = tmp_path / f'é{kind.suffix}'
    pictures = [
        np.full((*size[::-1], 3), colour, np.uint8)
        for colour in [(0, 0, 255), (0, 255, 0), (255, 0, 0)]
    ]
    video = kind(path, 12.5, size)
    for picture in pictures:
        video.write(picture)
    video.close()
    frames, fps, code = frames_of(path)
    assert (fps, code) == (12.5, KINDS[kind])
    assert len(frames) == 3
    for frame, picture in zip(frames, pictures, strict=True):
        inner = frame[4:56, 4:90].astype(int)
        assert np.abs(inner - picture[4:56, 4:90]).mean() < 12


def test_h264_begins_with_its_index(tmp_path):
    """So that a browser plays it before it has the whole file."""
    path = tmp_path / 'a.mp4'
    video = H264File(path, 25, (64, 64))
    for _ in range(30):
        video.write(np.zeros((64, 64, 3), np.uint8))
    video.close()
    content = path.read_bytes()
    assert content.index(b'moov') < content.index(b'mdat')
    from imageio_ffmpeg import get_ffmpeg_exe

    told = subprocess.run(
        [get_ffmpeg_exe(), '-i', path], capture_output=True, text=True
    )
    assert 'yuv420p' in told.stderr


def test_without_imageio_ffmpeg(monkeypatch):
    assert video_type() is H264File
    monkeypatch.setattr(video_file, 'has_package', lambda _: False)
    assert video_type() is WebMFile
