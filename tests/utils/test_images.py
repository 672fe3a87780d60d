"""Pictures are looked at in one way, and a depth map is no photo."""

import io
import time
from contextlib import suppress

import cv2
import numpy as np
import pytest
from PIL import Image, ImageOps

from mmfsa.datasets.converters.engine import image_size
from mmfsa.datasets.transforms import LoadImageFromFile
from mmfsa.utils.exif import Exif
from mmfsa.utils.images import (
    check_header,
    decode_image,
    decode_photo,
    read_image,
    shrink,
    to_bgr,
    write_image,
)

DEPTH = np.arange(600, 600 + 12 * 10, dtype=np.uint16).reshape(12, 10)


def encode(image, suffix='.png'):
    return cv2.imencode(suffix, image)[1].tobytes()


@pytest.fixture
def depth_file(tmp_path):
    path = tmp_path / 'depth.png'
    path.write_bytes(encode(DEPTH))
    return path


@pytest.fixture
def corners():
    """A picture (24, 40, 3) whose corners differ."""
    image = np.zeros((24, 40, 3), np.uint8)
    image[:12, :20], image[:12, 20:], image[12:, :20] = 250, (250, 0, 0), 120
    return image


def test_a_depth_map_is_refused_everywhere(depth_file):
    for look in (
        lambda: to_bgr(DEPTH),
        lambda: to_bgr(DEPTH[..., None]),
        lambda: read_image(depth_file),
        lambda: LoadImageFromFile()(dict(img_path=str(depth_file))),
    ):
        with pytest.raises(ValueError, match='a depth map, not a photo'):
            look()


def test_the_inferencer_leaves_a_depth_map_out(depth_file, tmp_path):
    from mmfsa.sources import open_streams

    photo = tmp_path / 'photo.png'
    photo.write_bytes(encode(np.zeros((8, 8, 3), np.uint8)))
    (stream,) = open_streams([depth_file, photo])
    assert [frame.name for frame in stream] == [str(photo)]
    ((name, reason),) = stream.problems
    assert name == str(depth_file) and 'depth map' in reason


def test_a_photo_of_16_bits_keeps_its_upper_bits():
    photo = np.random.default_rng(0).integers(0, 2**16, (6, 7, 3), dtype=np.uint16)
    assert (decode_image(encode(photo)) == photo >> 8).all()


@pytest.mark.parametrize('channels', [1, 3, 4])
def test_every_form_becomes_bgr(channels):
    image = np.random.default_rng(0).integers(0, 256, (6, 7, channels), dtype=np.uint8)
    seen = decode_image(encode(image))
    assert seen.shape == (6, 7, 3)
    expected = cv2.imdecode(np.frombuffer(encode(image), np.uint8), cv2.IMREAD_COLOR)
    assert (seen == expected).all()


@pytest.mark.parametrize('suffix', ['jpg', 'png', 'webp', 'tiff'])
@pytest.mark.parametrize('orientation', range(1, 9))
def test_a_photo_is_upright(tmp_path, corners, suffix, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = tmp_path / f'photo.{suffix}'
    Image.fromarray(corners).save(path, exif=exif)
    shown = np.asarray(ImageOps.exif_transpose(Image.open(path)))[..., ::-1]
    for seen in (
        read_image(path),
        LoadImageFromFile()(dict(img_path=str(path)))['img'],
    ):
        assert seen.shape == shown.shape
        assert np.abs(seen.astype(int) - shown).mean() < 8  # codecs differ a little
    assert image_size(path) == shown.shape[1::-1]
    if suffix == 'png':
        # The same data behind the pixels.
        late = path.read_bytes()
        at = late.index(b'eXIf') - 4
        end = at + 12 + int.from_bytes(late[at : at + 4], 'big')
        late = late[:at] + late[end:-12] + late[at:end] + late[-12:]
        assert (decode_image(late) == shown).all()


@pytest.mark.parametrize(
    ('longest', 'times'), [(None, 1), (641, 1), (320, 2), (319, 2), (160, 4), (1, 8)]
)
def test_a_large_jpeg_is_decoded_smaller(corners, longest, times):
    whole = cv2.resize(corners, (640, 384), interpolation=cv2.INTER_NEAREST)
    for suffix in ('jpeg', 'png'):
        exif = Image.Exif()
        exif[0x0112] = 6
        file = io.BytesIO()
        Image.fromarray(whole[..., ::-1]).save(file, suffix, exif=exif)
        image, _, found = decode_photo(file.getvalue(), longest)
        assert found == (times if suffix == 'jpeg' else 1)
        assert image.shape == (640 // found, 384 // found, 3)
        upright = cv2.rotate(whole, cv2.ROTATE_90_CLOCKWISE)
        small = cv2.resize(upright, image.shape[1::-1], interpolation=cv2.INTER_AREA)
        assert np.abs(image.astype(int) - small).mean() < 2


def test_exif_data_that_are_damaged(corners):
    exif = Image.Exif()
    exif[0x0112] = 6
    exif.endian = '>'
    file = io.BytesIO()
    Image.fromarray(corners).save(file, 'jpeg', exif=exif)
    content = file.getvalue()
    assert check_header(content)[0].orientation == 6
    start, end = content.index(b'Exif'), content.index(b'\xff\xdb')
    for at in range(start, end):  # the picture is whole, and its data are not
        check_header(content[:at] + b'\xff' + content[at + 1 :])
    for at in range(len(content)):
        with suppress(ValueError):  # no picture
            check_header(content[:at])


def test_a_photo_beyond_pillows_limit_is_upright(corners, monkeypatch):
    exif = Image.Exif()
    exif[0x0112] = 6
    file = io.BytesIO()
    Image.fromarray(corners).save(file, 'jpeg', exif=exif)
    monkeypatch.setattr(Image, 'MAX_IMAGE_PIXELS', 100)
    assert decode_image(file.getvalue()).shape == (40, 24, 3)
    assert Image.MAX_IMAGE_PIXELS == 100


@pytest.mark.parametrize('suffix', ['jpeg', 'png', 'webp', 'tiff'])
def test_the_numbers_of_exif_data(corners, suffix):
    exif = Image.Exif()
    exif[0x0112] = 8
    exif.get_ifd(0x8769).update({0xA405: 28, 0xA002: 40, 0xA003: 24})
    file = io.BytesIO()
    Image.fromarray(corners).save(file, suffix, exif=exif)
    found, size = check_header(file.getvalue())
    assert sorted(size) == [24, 40]
    # Pillow writes the second directory of a TIFF file without its values.
    rest = (None, None) if suffix == 'tiff' else (28, (40, 24))
    assert found == (8, *rest)
    plain = io.BytesIO()
    Image.fromarray(corners).save(plain, suffix)
    assert check_header(plain.getvalue())[0] == Exif()


def test_what_is_no_image_names_the_file(tmp_path):
    path = tmp_path / 'x.png'
    path.write_bytes(b'no image')
    with pytest.raises(ValueError, match=r'x\.png: no image that OpenCV can read'):
        read_image(path)
    with pytest.raises(ValueError, match='writes no such image'):
        write_image(np.zeros((2, 2, 3), np.uint8), tmp_path / 'x.xyz')


@pytest.mark.parametrize('size', [(20, 15), (90, 70), (200, 150)])
def test_a_shrunken_image_is_nearly_that_of_area(size):
    image = np.random.default_rng(0).uniform(0, 255, (120, 160, 3))
    image = cv2.blur(image, (9, 9))
    image = image.astype(np.uint8)
    larger = size[0] > 160
    way = cv2.INTER_LINEAR if larger else cv2.INTER_AREA
    expected = cv2.resize(image, size, interpolation=way).astype(int)
    found = shrink(image, size)
    assert np.abs(found - expected).mean() < (3 if size == (20, 15) else 1e-9)


@pytest.mark.parametrize('kind', [b'IDAT', b'IHDR', b'IEND'])
def test_a_part_of_a_png_that_is_longer_than_the_file(kind):
    """OpenCV would take two gigabytes, and seconds, for a file of some bytes."""
    content = bytearray(cv2.imencode('.png', np.zeros((64, 64, 3), np.uint8))[1])
    at = content.index(kind) - 4
    content[at : at + 4] = b'\x7f\xff\xff\xf0'
    begin = time.process_time()
    for read in (decode_image, check_header):
        with pytest.raises(ValueError, match='no image that OpenCV can read'):
            read(bytes(content))
    assert time.process_time() - begin < 0.3
