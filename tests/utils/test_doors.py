"""What is let in: limits on sizes, regular files alone, and options that open doors."""

import os
import zipfile

import cv2
import numpy as np
import pytest

from mmfsa.cli import main
from mmfsa.datasets.index import read_index
from mmfsa.utils import doors
from mmfsa.utils.depth import read_depth
from mmfsa.utils.doors import check_file, is_open, limit, opened
from mmfsa.utils.images import read_image
from mmfsa.utils.reading import check_zip, read_arrays, read_json
from mmfsa.utils.tflite import tflite_to_onnx


def test_options_open_doors_for_one_command(monkeypatch):
    monkeypatch.delenv('MMFSA_LIMITS', raising=False)
    argv = ['data', '--limits', '2', 'biwi', '--allow-outside', '--out', 'x']
    with opened(argv) as others:
        assert others == ['data', 'biwi', '--out', 'x']
        assert is_open('outside') and not is_open('special')
        assert limit('pixels') == 2 * doors.LIMITS['pixels']
    assert not is_open('outside')
    assert limit('pixels') == doors.LIMITS['pixels']


@pytest.mark.parametrize('factor', ['0', '-1', 'nan', 'x', ''])
def test_a_factor_that_is_none(monkeypatch, factor):
    monkeypatch.setenv('MMFSA_LIMITS', factor)
    with pytest.raises(ValueError, match='MMFSA_LIMITS must be a number above 0'):
        limit('bytes')


@pytest.mark.parametrize(
    ('read', 'image'),
    [
        (read_image, np.zeros((50, 60, 3), np.uint8)),
        (read_depth, np.zeros((50, 60), np.uint16)),
    ],
)
def test_a_picture_of_too_many_pixels(tmp_path, monkeypatch, read, image):
    path = tmp_path / 'a.png'
    path.write_bytes(cv2.imencode('.png', image)[1])
    monkeypatch.setitem(doors.LIMITS, 'pixels', 2000)
    with pytest.raises(
        ValueError, match=r'a\.png: the picture: 3000 pixels, .*--limits'
    ):
        read(path)
    monkeypatch.setenv('MMFSA_LIMITS', '1.5')
    assert read(path).shape == image.shape


@pytest.mark.parametrize('name', ['pipe', 'device'])
def test_only_regular_files_are_opened(tmp_path, monkeypatch, name):
    path = tmp_path / 'pipe'
    os.mkfifo(path)
    if name == 'device':
        path = '/dev/zero'
    readers = check_file, read_image, read_depth, read_json, read_arrays, read_index
    for read in (*readers, tflite_to_onnx):
        with pytest.raises(ValueError, match=r'no regular file.*--allow-special'):
            read(path)
    monkeypatch.setenv('MMFSA_ALLOW', 'special')
    check_file(path)


def test_a_small_archive_with_a_large_content(tmp_path, monkeypatch):
    path = tmp_path / 'a.npz'
    np.savez_compressed(path, image=np.zeros((100, 64, 64, 3), np.uint8))
    check_zip(path)
    monkeypatch.setattr(doors, 'PACKED_FREELY', 10**6)
    with pytest.raises(
        ValueError, match=r'times as large unpacked as packed.*--limits'
    ):
        read_arrays(path)
    monkeypatch.setenv('MMFSA_LIMITS', '100')
    assert read_arrays(path)['image'].shape == (100, 64, 64, 3)


def test_a_damaged_archive(tmp_path):
    path = tmp_path / 'a.npz'
    with zipfile.ZipFile(path, 'w') as archive:
        archive.writestr('a.npy', b'x' * 100)
    with pytest.raises(ValueError, match=r'a\.npz is damaged or no archive of NumPy'):
        read_arrays(path)


@pytest.mark.parametrize('place', ['../a.png', '/etc/a.png', 'b/../../a.png'])
def test_an_index_names_images_of_its_folder(write_index, monkeypatch, place):
    def change(index):
        index['data_list'][0]['img_path'] = place

    folder = write_index(change)
    with pytest.raises(
        ValueError, match=r'lies outside of the data set.*--allow-outside'
    ):
        read_index(folder / 'index.json')
    monkeypatch.setenv('MMFSA_ALLOW', 'outside')
    assert read_index(folder / 'index.json')


def test_every_command_shows_a_traceback(capsys):
    assert main(['predict', 'a.jpg', '--model', 'nothing', '--traceback']) == 2
    error = capsys.readouterr().err
    assert 'Traceback (most recent call last)' in error
    assert 'MMFSA_TRACEBACK' not in os.environ
