import mimetypes
import struct
import zlib
from itertools import pairwise
from pathlib import Path
from unittest.mock import Mock

import cv2
import numpy as np
import pytest

from mmfsa.sources import expand, open_streams
from mmfsa.sources.streams import PIXEL_SIDES, Unreadable
from mmfsa.utils.images import read_image, to_bgr
from mmfsa.utils.media import media_type


def write(path, image):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(cv2.imencode(path.suffix, image)[1])
    return path


HUGE = (
    'the picture: 1.6e+09 pixels, and the limit is 1e+08: where you trust the file, '
    '--limits 16.1 (MMFSA_LIMITS) raises it'
)


def read_all(inputs, **kwargs):
    streams = list(open_streams(expand(inputs), **kwargs))
    frames = [frame for stream in streams for frame in stream]
    return frames, [problem for stream in streams for problem in stream.problems]


@pytest.fixture
def folder(tmp_path, image):
    for name in ('b.png', 'a.jpg', 'ünï/c.png'):
        write(tmp_path / name, image)
    (tmp_path / 'notes.txt').write_text('no image')
    return tmp_path


@pytest.fixture
def turned_video(tmp_path):
    """Writes a video, white above on the left, that a player turns by quarters."""

    def write(quarters, name='phone.mp4'):
        path = tmp_path / name
        codec = cv2.VideoWriter_fourcc(*'mp4v')
        writer = cv2.VideoWriter(str(tmp_path / 'plain.mp4'), codec, 25, (96, 64))
        image = np.zeros((64, 96, 3), np.uint8)
        image[:32, :48] = 255
        writer.write(image)
        writer.release()
        content = bytearray((tmp_path / 'plain.mp4').read_bytes())
        cos, sin = [(1, 0), (0, 1), (-1, 0), (0, -1)][quarters]
        matrix = [v << 16 for v in (cos, sin, 0, -sin, cos, 0, 0, 0)] + [1 << 30]
        at = content.index(b'tkhd') + 44  # of version 0, where the matrix begins
        content[at : at + 36] = struct.pack('>9i', *matrix)
        path.write_bytes(content)
        return path

    return write


@pytest.mark.parametrize('as_type', [str, lambda path: path])
def test_a_folder_a_glob_and_a_file(folder, as_type):
    def names(inputs):
        return [frame.name for frame in read_all(inputs)[0]]

    both = [str(folder / 'a.jpg'), str(folder / 'b.png')]
    inner = str(folder / 'ünï/c.png')
    assert names(as_type(folder)) == both
    assert names(as_type(folder / '*.png')) == both[1:]
    assert names(as_type(folder / '**/*.png')) == [both[1], inner]
    assert names([as_type(folder / 'ünï'), as_type(folder / 'a.jpg')]) == [
        inner,
        both[0],
    ]


def test_a_file_whose_name_looks_like_a_glob(tmp_path, image):
    path = write(tmp_path / 'photo[1].png', image)
    frames, problems = read_all(str(path))
    assert len(frames) == 1 and not problems


def test_arrays(image):
    frames, _ = read_all([image, image[..., 0]])
    assert [frame.name for frame in frames] == ['00000000', '00000001']
    assert (frames[0].image == image).all()
    assert frames[0].index is None and frames[0].time is None


def test_images_as_a_video(folder):
    frames, _ = read_all(folder, as_video=True)
    assert [frame.index for frame in frames] == [0, 1]
    assert frames[1].time == pytest.approx(1 / 30)


def test_what_can_not_be_read_is_told(folder):
    (folder / 'broken.jpg').write_bytes(b'no JPEG')
    (folder / 'empty.png').write_bytes(b'')
    huge = cv2.imencode('.png', np.zeros((1, 1, 3), np.uint8))[1].tobytes()
    header = b'IHDR' + (40000).to_bytes(4, 'big') * 2 + huge[24:29]
    huge = huge[:12] + header + zlib.crc32(header).to_bytes(4, 'big') + huge[33:]
    (folder / 'huge.png').write_bytes(huge)
    inputs = [folder, folder / 'missing.png', 'https://a.b/c.jpg', folder / '*.gif']
    frames, problems = read_all(inputs)
    assert len(frames) == 2
    assert dict(problems) == {
        str(folder / 'broken.jpg'): 'no image that OpenCV can read',
        str(folder / 'empty.png'): 'no image that OpenCV can read',
        str(folder / 'huge.png'): HUGE,
        str(folder / 'missing.png'): 'No such file or directory',
        'https://a.b/c.jpg': (
            'addresses are not read: save the file first, or --allow-network'
        ),
        str(folder / '*.gif'): 'No such file or directory',
    }


def test_what_a_file_is_does_not_depend_on_the_computer(tmp_path, image, monkeypatch):
    monkeypatch.setattr(mimetypes, 'guess_type', lambda *_: (None, None))
    names = 'a.mkv', 'b.m4v', 'c.webm', 'd.MTS', 'e.flv', 'f.webp', 'g.avif', 'h.jfif'
    for name in names:
        (tmp_path / name).write_bytes(b'')
    kinds = [media_type(tmp_path / name) for name in names]
    assert kinds == ['video'] * 5 + ['image'] * 3
    assert [Path(path).name for path in expand(tmp_path)] == sorted(names)


@pytest.mark.parametrize('suffix', ['jpg', 'png', 'bmp', 'tiff', 'webp', 'pgm', 'jp2'])
def test_an_image_is_known_by_its_content(tmp_path, image, suffix):
    shown = image[..., 0] if suffix == 'pgm' else image
    content = cv2.imencode(f'.{suffix}', shown)[1].tobytes()
    for name in ('photo', 'photo.mp4', 'photo.txt', 'photo.JPG.part'):
        (tmp_path / name).write_bytes(content)
    frames, problems = read_all(tmp_path)
    assert len(frames) == 4 and not problems


@pytest.mark.parametrize(
    'suffix', ['mp4', 'mov', 'm4v', 'avi', 'mkv', '3gp', 'flv', 'ts']
)
def test_a_video_is_known_by_its_content(tmp_path, suffix):
    codec = {'3gp': 'mp4v', 'flv': 'FLV1', 'ts': 'mpg2'}.get(suffix, 'mp4v')
    path = str(tmp_path / f'clip.{suffix}')
    writer = cv2.VideoWriter(path, cv2.VideoWriter_fourcc(*codec), 25, (96, 64))
    if not writer.isOpened():
        pytest.skip(f'OpenCV writes no .{suffix} here')
    for _ in range(9):
        writer.write(np.zeros((64, 96, 3), np.uint8))
    writer.release()
    for name in ('clip', 'clip.jpg', 'clip.txt'):
        (tmp_path / name).write_bytes(Path(path).read_bytes())
        assert media_type(tmp_path / name) == 'video'


@pytest.mark.parametrize(
    'text',
    ['', 'BMW drives', 'get free stuff', 'P3 is late', 'Good ', 'II', 'RIFF', '{}'],
)
def test_text_is_no_picture(tmp_path, text):
    (tmp_path / 'notes').write_text(text * 200)
    assert media_type(tmp_path / 'notes') == ''


def test_that_files_are_left_out_is_told(folder, caplog):
    expand(folder)
    expand(folder)
    (line,) = caplog.messages
    assert line == (
        f'{folder}: what is no image or video is left out: 1 of the files, such as '
        'notes.txt'
    )


def test_a_folder_without_images(tmp_path):
    (tmp_path / 'notes.txt').write_text('no image')
    assert read_all(tmp_path)[1] == [
        (str(tmp_path), 'the folder has no image or video')
    ]


@pytest.mark.parametrize(
    'convert',
    [
        lambda image: image,
        lambda image: image.astype(np.uint16) * 256,
        lambda image: np.dstack([image, image[..., :1]]),
        lambda image: image[..., 0],
    ],
)
def test_kinds_of_images_from_files_and_arrays(tmp_path, image, convert):
    image = convert(image)
    expected = np.atleast_3d(image)[..., :3]
    if image.dtype == np.uint16:
        expected = expected >> 8
    path = write(tmp_path / 'image.png', image)
    for result in (read_image(path), to_bgr(image)):
        assert result.dtype == np.uint8
        assert (result == np.broadcast_to(expected, (48, 60, 3))).all()


@pytest.mark.parametrize(
    'image',
    [
        np.zeros((4, 4, 3)),
        np.zeros((4, 4, 2), np.uint8),
        np.zeros((2, 4, 4, 3), np.uint8),
        np.zeros((0, 4, 3), np.uint8),
        np.zeros(4, np.uint8),
    ],
)
def test_arrays_that_are_no_images(image):
    frames, ((name, reason),) = read_all(image)
    assert not frames
    assert name == '00000000' and str(image.dtype) in reason


@pytest.mark.parametrize('suffix', ['mp4', 'mov', 'm4v'])
@pytest.mark.parametrize('quarters', range(4))
def test_a_video_is_upright(turned_video, suffix, quarters):
    """A phone writes what its sensor sees, and a note how to turn it."""
    ((frame,), problems) = read_all(turned_video(quarters, f'phone.{suffix}'))
    assert not problems
    assert frame.image.shape == ((96, 64, 3) if quarters % 2 else (64, 96, 3))
    white = np.argwhere(np.rot90(frame.image, quarters)[..., 0] > 128)
    assert (abs(white.mean(0) - [15.5, 23.5]) < 1).all()  # above and on the left


def test_a_video_of_wide_pixels(turned_video, monkeypatch):
    """Of a DV camera, for example, which squeezes its frames."""

    def read(path, shape):
        (stream,) = open_streams([path])
        return [frame.image.shape for frame in stream] == [shape]

    class Wide:
        ratio = 4, 3

        def __init__(self, path):
            self.capture = capture(path)

        def __getattr__(self, name):
            return getattr(self.capture, name)

        def get(self, prop):
            wide = dict(zip(PIXEL_SIDES, self.ratio, strict=True))
            return wide[prop] if prop in wide else self.capture.get(prop)

    capture = cv2.VideoCapture
    monkeypatch.setattr(cv2, 'VideoCapture', Wide)
    assert read(turned_video(0), (64, 128, 3))
    assert read(turned_video(1), (128, 64, 3))
    for Wide.ratio in ((0, 0), (1, 0), (900, 1), (1, 900)):
        assert read(turned_video(0), (64, 96, 3))


def test_a_video(write_video):
    path = write_video(frames=12, fps=25)
    (stream,) = open_streams([path])
    assert stream.is_video and stream.fps == 25 and len(stream) == 12
    frames = list(stream)
    assert [frame.index for frame in frames] == list(range(12))
    np.testing.assert_allclose([f.time for f in frames], np.arange(12) / 25, atol=1e-3)
    np.testing.assert_allclose(
        [f.image.mean() for f in frames], 19.5 + 5 * np.arange(12), atol=3
    )
    assert stream.problems == []


def test_times_never_run_backwards(write_video):
    """Slow frames, of which one has the timestamp of the one before."""
    stamps = iter([*range(0, 1001, 100), 1000])
    (stream,) = open_streams([write_video(frames=12, fps=25)])
    capture = stream._capture
    stream._capture = Mock(wraps=capture)
    stream._capture.get = lambda prop: (
        next(stamps) if prop == cv2.CAP_PROP_POS_MSEC else capture.get(prop)
    )
    times = [frame.time for frame in stream]
    assert all(late > early for early, late in pairwise(times))
    assert times[11] == pytest.approx(1 + 1 / 25)


def test_a_video_that_breaks_off(write_video):
    path = write_video(frames=40)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    frames, ((name, reason),) = read_all(path)
    assert 5 < len(frames) < 35
    assert name == str(path)
    assert reason == f'breaks off after {len(frames)} of 40 frames'


@pytest.mark.parametrize(
    ('content', 'reason'),
    [(None, 'no such file'), (b'no video', 'no video that OpenCV can read')],
)
def test_what_is_no_video(tmp_path, content, reason):
    path = tmp_path / 'clip.mp4'
    if content:
        path.write_bytes(content)
    assert read_all(path) == ([], [(str(path), reason)])


def test_images_and_videos_in_their_order(folder, write_video):
    video = write_video(name='aa.avi')
    streams = list(open_streams(expand(folder)))
    assert [stream.is_video for stream in streams] == [False, True, False]
    assert streams[1].name == str(video)


def test_a_missing_camera():
    frames, problems = read_all('webcam:97')
    assert not frames
    assert problems == [('webcam:97', 'no picture after 0 frames: is it in use?')]


def test_a_camera_without_a_number():
    with pytest.raises(ValueError, match='webcam:N'):
        list(open_streams(['webcam:front']))


def test_what_is_unreadable_stays_one_in_a_list():
    lost = Unreadable('a.jpg', 'its archive is damaged')
    for items in ([lost], iter([lost])):
        problems = []
        for stream in open_streams(expand(items)):
            assert not list(stream)
            problems += stream.problems
        assert problems == [('a.jpg', 'its archive is damaged')]
