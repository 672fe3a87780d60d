"""The index reader: both formats become one form, and every bad field is named."""

import json

import numpy as np
import pytest

from mmfsa.datasets.index import read_index
from mmfsa.structures import is_rotation, pose_to_matrix

POSE = [30.0, -10.0, 5.0]
ANGLES = dict(zip(('yaw', 'pitch', 'roll'), POSE, strict=True))
CAMERA = dict(fx=517.6, fy=517.6, cx=320, cy=240.5)


@pytest.fixture
def write(tmp_path):
    """Writes an index of three entries, of which the test changes the second."""

    def write_index(change=None, metainfo=None, pose=ANGLES):
        entries = [
            dict(img_path=f'{i}.png', face_box=[10, 20, 50, 80 + i], **pose)
            for i in range(3)
        ]
        if change:
            change(entries[1])
        path = tmp_path / 'index.json'
        content = dict(metainfo=metainfo or dict(dataset='x'), data_list=entries)
        path.write_text(json.dumps(content))
        return path

    return write_index


def version_2(kind='detector'):
    return dict(dataset='x', format_version=2, box_kind=kind)


def test_format_1(write):
    metainfo, entries = read_index(write())
    assert metainfo == dict(dataset='x', box_kind='unnamed')
    for i, entry in enumerate(entries):
        assert entry['img_path'] == f'{i}.png'
        assert entry['boxes'] == dict(unnamed=entry['face_box'])
        assert entry['pose'].dtype == np.float64 and entry['pose'].tolist() == POSE
        assert entry['rotation'] is None
        assert not {'yaw', 'pitch', 'roll'} & set(entry)


def test_format_2(write):
    points = np.random.RandomState(0).uniform(0, 90, (68, 2)).round(2)
    more = dict(
        boxes=dict(landmarks68=[9.5, 19, 51, 82.5], centerface=[8, 8, 60, 90]),
        landmarks=points.tolist(),
        camera=CAMERA,
        depth_path='1_depth.bin',
        subject='F01',
        sequence='01',
        frame=7,
        time=0.25,
        weight=[1, 0.5, 0],
    )
    _, entries = read_index(write(lambda entry: entry.update(more), version_2()))
    entry = entries[1]
    assert entry['boxes'] == dict(detector=[10, 20, 50, 81], **more['boxes'])
    np.testing.assert_array_equal(entry['landmarks'], points.astype(np.float32))
    for key in ('camera', 'depth_path', 'subject', 'sequence', 'frame', 'time'):
        assert entry[key] == more[key]


def test_rotations_and_angles_in_one_index(write):
    matrix = pose_to_matrix(np.array(POSE))

    def turn(entry):
        entry['rotation'] = matrix.tolist()
        for angle in ANGLES:
            del entry[angle]

    _, entries = read_index(write(turn, version_2()))
    assert [entry['rotation'] is None for entry in entries] == [True, False, True]
    np.testing.assert_array_equal(entries[1]['rotation'], matrix)
    assert all(entry['pose'] == pytest.approx(POSE) for entry in entries)


def test_a_data_sets_own_matrix_stays_as_it_is(write):
    """Text files round their matrices: they are no rotations to the last digit."""
    rows = pose_to_matrix(np.array(POSE)).round(3).tolist()
    _, entries = read_index(write(pose=dict(rotation=rows), metainfo=version_2()))
    assert all(entry['rotation'].tolist() == rows for entry in entries)
    assert entries[0]['pose'] == pytest.approx(POSE, abs=0.1)


@pytest.mark.parametrize(
    ('key', 'value', 'message'),
    [
        ('img_path', 7, 'img_path 7 must be a text'),
        ('sequence', 7, 'sequence 7 must be a text'),
        ('yaw', float('nan'), r'yaw, pitch, roll \[nan.*within ±180'),
        ('pitch', -180.5, r'-180\.5.*within ±180'),
        ('roll', 'north', 'north'),
        ('yaw', None, 'float'),
        ('face_box', [90, 40, 50, 80], r'\[90, 40, 50, 80\] is not'),
        ('face_box', [50, 40, 90], r'face_box \[50, 40, 90\] is not \[x1'),
        ('face_box', [1, 2, float('nan'), 4], 'face_box'),
        ('boxes', [1, 2, 3, 4], 'boxes .* must be'),
        ('boxes', dict(mtcnn=[1, 2, 3]), 'boxes .*mtcnn.* must be'),
        ('boxes', dict(mtcnn=[3, 2, 1, 4]), 'boxes .*mtcnn.* must be'),
        ('rotation', [1, 0, 0], r'rotation \[1, 0, 0\] is not 3x3'),
        ('rotation', [[1, 0, 0], [0, 1, 0], [0, 0]], 'is not 3x3'),
        ('rotation', [[1, 0, 0], [0, 1, 0], [0, 0, 'a']], 'is not 3x3'),
        ('rotation', 5, 'is not 3x3'),
        ('rotation', np.diag([1, 1, -1]).tolist(), 'is no rotation matrix'),
        ('rotation', np.full((3, 3), np.nan).tolist(), 'is no rotation matrix'),
        ('landmarks', [[1, 2], [3]], 'landmarks .* must be a list'),
        ('landmarks', [[1, 2, 3]], 'landmarks .* must be a list'),
        ('landmarks', [[1, None]], 'landmarks .* must be a list'),
        ('landmarks', 'many', 'landmarks many must be a list'),
        ('camera', dict(fx=1, fy=1, cx=1), 'camera .* fx, fy, cx, cy'),
        ('camera', CAMERA | dict(fx=0), 'camera .* fx, fy > 0'),
        ('depth_path', 3, 'depth_path 3 must be a text'),
        ('frame', 1.5, r'frame 1\.5 must be a whole number'),
        ('time', 'noon', 'time noon must be'),
        ('weight', -1, 'weight -1 must be one number or three'),
        ('weight', [1, 1], r'weight \[1, 1\] must be'),
        ('weight', None, 'weight None must be'),
    ],
)
def test_bad_content_is_named(write, key, value, message):
    with pytest.raises(ValueError, match=rf'index\.json: entry \S+: .*{message}'):
        read_index(write(lambda entry: entry.update({key: value}), version_2()))


@pytest.mark.parametrize('key', ['img_path', 'face_box', 'yaw', 'pitch', 'roll'])
def test_missing_key_is_named(write, key):
    with pytest.raises(ValueError, match=rf'index\.json: entry 1.*: no {key}'):
        read_index(write(lambda entry: entry.pop(key)))


@pytest.mark.parametrize(
    ('content', 'message'),
    [
        ('{"data_list": [', 'Expecting value'),
        ('[]', 'no index'),
        ('{"data_list": []}', 'no metainfo'),
        ('{"metainfo": {}}', 'no data_list'),
        ('{"metainfo": {}, "data_list": [3]}', 'entry 0: 3 is no object'),
        ('{"metainfo": {"format_version": 3}, "data_list": []}', 'newer mmfsa'),
        ('{"metainfo": {"box_kind": 3}, "data_list": []}', 'box_kind 3'),
    ],
)
def test_what_is_no_index(tmp_path, content, message):
    path = tmp_path / 'index.json'
    path.write_text(content)
    with pytest.raises(ValueError, match=rf'index\.json.*: .*{message}'):
        read_index(path)


def test_an_empty_list_is_an_index(tmp_path):
    path = tmp_path / 'index.json'
    path.write_text('{"metainfo": {"dataset": "x"}, "data_list": []}')
    assert read_index(path)[1] == []


def test_rotations():
    matrix = pose_to_matrix(np.array(POSE))
    stack = np.stack([matrix, 2 * matrix, -matrix, np.nan * matrix, matrix.round(3)])
    assert is_rotation(stack).tolist() == [True, False, False, False, True]
    assert is_rotation(matrix)
