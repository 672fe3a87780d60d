import zlib
from itertools import pairwise
from unittest.mock import Mock

import cv2
import numpy as np
import pytest

from mmfsa.sources import expand, open_streams
from mmfsa.utils.images import read_image, to_bgr


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


def test_exif_rotation(tmp_path):
    from PIL import Image

    image = np.zeros((40, 60, 3), np.uint8)
    image[:, :30] = 255  # the left half, which is above once the camera is upright
    exif = Image.Exif()
    exif[0x0112] = 6  # turn clockwise to view
    Image.fromarray(image).save(tmp_path / 'phone.jpg', exif=exif)
    seen = read_image(tmp_path / 'phone.jpg')
    assert seen.shape == (60, 40, 3)
    assert seen[:25].mean() > 250 and seen[35:].mean() < 5


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
