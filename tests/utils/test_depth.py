"""Depth maps: files of both formats, units, sizes and damage."""

import cv2
import numpy as np
import pytest

from mmfsa.utils.depth import decode_runs, depth_of, read_depth, to_millimetres

DEPTH = np.array([[0, 900, 901], [902, 0, 40000]], np.uint16)
RUNS = np.int32([3, 2, 1, 3]).tobytes() + np.int16([900, 901, 902]).tobytes()
RUNS += np.int32([1, 1]).tobytes() + np.int16([30000]).tobytes()


@pytest.fixture
def png(tmp_path):
    path = tmp_path / 'depth.png'
    cv2.imwrite(str(path), DEPTH)
    return path


def test_reads_16_bits(png):
    np.testing.assert_array_equal(read_depth(png), DEPTH)
    np.testing.assert_array_equal(depth_of(str(png), (3, 2)), DEPTH)


def test_reads_run_lengths(tmp_path):
    path = tmp_path / 'frame_00003_depth.bin'
    path.write_bytes(RUNS)
    expected = np.where(DEPTH == 40000, 30000, DEPTH)
    np.testing.assert_array_equal(read_depth(path), expected)
    assert read_depth(path).dtype == np.uint16


@pytest.mark.parametrize(
    ('content', 'message'),
    [
        (b'', 'no run-length coded'),
        (RUNS[:-3], 'cut short: 4 of 6 pixels'),
        (RUNS[:20], 'cut short: 0 of 6'),
        (RUNS[:22], 'cut short'),
        (RUNS[:8] + np.int32([5, 9]).tobytes(), 'no run-length coded'),
        (RUNS[:8] + np.int32([-1, 9]).tobytes(), 'no run-length coded'),
        (np.int32([1 << 20, 1 << 20]).tobytes() * 3, 'no run-length coded'),
    ],
)
def test_damaged_run_lengths(content, message):
    with pytest.raises(ValueError, match=message):
        decode_runs(content)


@pytest.mark.parametrize('metres', [np.full((2, 3), 0.7), np.full((2, 3), 2)])
def test_metres_are_refused(metres):
    metres[0, 0] = 0
    with pytest.raises(ValueError, match='metres, and not millimetres: multiply'):
        to_millimetres(metres)


def test_what_was_not_measured_is_0():
    depth = np.array([[np.nan, -4, np.inf, 0, 70000, 812.7]])
    assert to_millimetres(depth).tolist() == [[0, 0, 0, 0, 0, 812]]
    assert not to_millimetres(np.zeros((2, 3))).any()  # all holes are a map, too


@pytest.mark.parametrize(
    'wrong', [np.zeros((2, 3, 3)), np.zeros(4), np.zeros((0, 4)), np.array([['a']])]
)
def test_other_arrays_are_refused(wrong):
    with pytest.raises(ValueError, match=r'a depth map is \(H, W\) in millimetres'):
        to_millimetres(wrong)


def test_other_files_are_refused(tmp_path, png):
    with pytest.raises(FileNotFoundError):
        read_depth(tmp_path / 'missing.png')
    photo = tmp_path / 'photo.png'
    cv2.imwrite(str(photo), np.full((2, 3, 3), 90, np.uint8))
    with pytest.raises(ValueError, match=r'photo\.png: a depth map has 16 bits'):
        read_depth(photo)
    for content in (b'', b'text', png.read_bytes()[:40]):
        broken = tmp_path / 'broken.png'
        broken.write_bytes(content)
        with pytest.raises(ValueError, match=r'broken\.png: no image that OpenCV can'):
            read_depth(broken)
    with pytest.raises(
        ValueError, match=r'depth\.png: .* 3x2 pixels, and the image 6x4'
    ):
        depth_of(png, (6, 4))
