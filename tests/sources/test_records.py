"""A face's record is JSON, whatever the method could not find."""

import json

import jsonschema
import numpy as np
import pytest

from mmfsa.apis.inferencer import samples_of
from mmfsa.sources import compact_record, face_record, read_records, record_schema
from mmfsa.sources.records import COMPACT, NEEDED, record_line
from mmfsa.structures import Faces, Frame, Poses


def test_numbers_that_are_not_known_are_none():
    frame = Frame(np.zeros((8, 8, 3), np.uint8), 'photo.jpg')
    poses = Poses.from_euler(
        np.array([[30.0, -10, 5], [np.nan] * 3]),
        spread=np.array([2.5, np.nan]),
        extras=dict(size=np.array([7.0, np.nan])),
    )
    faces = Faces([[0, 0, 8, 8]] * 2, 'crop', landmarks=np.full((2, 5, 2), np.nan))
    known, unknown = (
        face_record(sample, 'method', '') for sample in samples_of(frame, faces, poses)
    )
    assert known['spread'] == 2.5 and known['extras'] == dict(size=7.0)
    assert unknown['valid'] is False and unknown['extras'] == dict(size=None)
    for key in ('yaw', 'spread', 'landmarks', 'rotation_matrix', 'quaternion'):
        assert unknown[key] is None
    json.dumps([known, unknown], allow_nan=False)


def records(frame, count=2):
    angles = np.array([[30.0, -10, 5], [np.nan] * 3][:count])
    faces = Faces([[0, 0, 8, 8]] * count, 'crop', landmarks=np.ones((count, 5, 2)))
    samples = samples_of(frame, faces, Poses.from_euler(angles))
    return [face_record(sample, 'method', 'ab') for sample in samples]


def test_records_obey_the_schema():
    schema = record_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    frame = Frame(np.zeros((8, 8, 3), np.uint8), 'photo.jpg')
    for record in records(frame):
        assert set(record) <= {*schema['properties']}
        for compact in (False, True):
            jsonschema.validate(json.loads(record_line(record, compact)), schema)
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(record | dict(yaw='left'), schema)
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(record | dict(colour=1), schema)


def test_the_schema_is_that_of_the_service():
    """Write the file anew where the service's description of a record changes."""
    from mmfsa.serve.schema import Record

    described = Record.model_json_schema()
    head = {
        '$schema': 'https://json-schema.org/draft/2020-12/schema',
        'title': 'A face in the records of mmfsa',
        'description': 'predictions.jsonl and `mmfsa predict --json`, a line each.',
    }
    written = record_schema()
    assert written == described | head | dict(required=[*NEEDED])
    assert {*COMPACT, *NEEDED} <= {*written['properties']}


def test_an_array_has_a_number_and_no_name():
    frame = Frame(np.zeros((8, 8, 3), np.uint8), '00000003', number=3)
    (record,) = records(frame, 1)
    assert record['image'] is None and record['number'] == 3
    (record,) = records(Frame(np.zeros((8, 8, 3), np.uint8)), 1)
    assert record['image'] is None and record['number'] is None


def test_a_compact_record_has_no_unknown_fields():
    frame = Frame(np.zeros((8, 8, 3), np.uint8), 'photo.jpg')
    valid, not_valid = map(compact_record, records(frame))
    assert {*valid} == {
        *('schema_version', 'image', 'box', 'score', 'valid', 'doubts'),
        *('yaw', 'pitch', 'roll'),
    }
    assert not_valid['yaw'] is None and not_valid['reason']


def test_records_of_a_video_are_read_back(tmp_path):
    path = tmp_path / 'predictions.jsonl'
    frame = Frame(np.zeros((8, 8, 3), np.uint8), 'clip.mp4', time=0.5)
    written = records(frame)
    path.write_text(''.join(map(record_line, written)))
    assert [face['valid'] for face in written] == [True, False]
    assert read_records(path, 'box') == written
    with pytest.raises(ValueError, match=r'jsonl:1: this is no record of a face in a'):
        read_records(path, 'track_id')  # None: the faces were not followed


def test_records_of_photos_are_not_read_as_those_of_a_video(tmp_path):
    path = tmp_path / 'predictions.jsonl'
    path.write_text(record_line(records(Frame(np.zeros((8, 8, 3), np.uint8)))[0]))
    with pytest.raises(ValueError, match='no record of a face in a video'):
        read_records(path)
