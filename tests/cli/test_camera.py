"""`mmfsa predict` with a camera: what it prints, and what it refuses."""

import csv
import json

import pytest

from mmfsa.detection.whole_image import WholeImage
from mmfsa.structures import Faces


@pytest.fixture
def predict(run, monkeypatch):
    """Runs `mmfsa predict`; in each image the detector finds a face in the middle."""
    monkeypatch.setattr(
        WholeImage, '__call__', lambda *_: Faces([[10, 10, 40, 50]], 'landmarks68')
    )
    return lambda *args: run('predict', *args)


def test_text(predict, photos):
    _, (line,), _ = predict(photos / '0.png', '--fov', 60)
    place = line.rpartition('  at ')[2].partition(' mm')[0]
    x, y, z = map(int, place.split(','))
    assert x < 0 and z > 100 and abs(y) < 100
    _, (line,), _ = predict(photos / '0.png')
    assert ' mm' not in line


def test_csv(predict, photos):
    _, lines, _ = predict(photos, '--csv', '--fov', 60)
    rows = list(csv.DictReader(lines))
    assert len(rows) == 3 and all(float(row['z_mm']) > 100 for row in rows)
    _, lines, _ = predict(photos, '--csv')
    assert lines[0].endswith('qw') and lines[1].count(',') == lines[0].count(',')


def test_a_camera_of_a_file(predict, photos, tmp_path):
    path = tmp_path / 'kinect.json'
    path.write_text('{"fx": 60, "fy": 60, "cx": 31.5, "cy": 31.5}')
    _, (line,), _ = predict(
        photos / '0.png', '--camera', path, '--json', '--rectify', 'after'
    )
    record = json.loads(line)
    assert record['relative_to'] == 'camera' and record['position_mm'][2] > 0
    _, (line,), _ = predict(
        photos / '0.png', '--camera', path, '--json', '--relative-to', 'ray'
    )
    assert json.loads(line)['relative_to'] == 'ray'


@pytest.mark.parametrize(
    ('options', 'message'),
    [
        (['--fov', 190], 'between 0 and 180 degrees, got 190'),
        (['--fov', 'nan'], 'between 0 and 180 degrees, got nan'),
        (['--camera', 'nowhere.json'], 'nowhere.json'),
    ],
)
def test_what_is_no_camera(predict, photos, options, message):
    status, lines, error = predict(photos / '0.png', *options)
    assert (status, lines) == (2, []) and message in error


def test_a_camera_and_a_field_of_view_exclude_each_other(predict, photos):
    with pytest.raises(SystemExit):
        predict(photos / '0.png', '--fov', 60, '--camera', 'a.json')


def test_an_image_that_is_the_face_has_no_position(run, photos):
    _, (line,), _ = run('predict', photos / '0.png', '--fov', 60, '--json')
    record = json.loads(line)
    assert record['position_mm'] is None and record['valid']
