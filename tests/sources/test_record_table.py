"""Records as a table: the same columns for every method, and the same numbers."""

import json

import numpy as np
import pytest

from mmfsa.apis.inferencer import samples_of
from mmfsa.serve.schema import Record
from mmfsa.sources import face_record
from mmfsa.sources.record_table import COLUMNS, record_table
from mmfsa.structures import Faces, Frame, Poses

pytest.importorskip('pyarrow', reason='mmfsa[bulk] is not installed')


def records(spread, extras):
    frame = Frame(np.zeros((8, 8, 3), np.uint8), 'photo.jpg')
    angles = np.array([[30.0, -10, 5], [np.nan] * 3])
    poses = Poses.from_euler(angles, spread=spread, extras=extras)
    points = np.arange(20.0).reshape(2, 5, 2)
    faces = Faces([[0, 0, 8, 8]] * 2, 'crop', landmarks=points)
    return [face_record(s, 'method', 'ab') for s in samples_of(frame, faces, poses)]


def test_there_is_a_column_for_each_field():
    assert {*COLUMNS} == {*Record.model_fields}


@pytest.mark.parametrize(
    ('spread', 'column'),
    [
        (None, [None, None]),
        (np.array([2.5, np.nan]), [[2.5], None]),
        (np.stack([np.eye(3), np.eye(3)]), [[1, 0, 0, 0, 1, 0, 0, 0, 1]] * 2),
    ],
)
def test_rows_are_the_records(spread, column):
    given = records(spread, dict(size=np.array([7.0, np.nan])))
    table = record_table(given)
    rows = table.to_pylist()
    assert [row.pop('spread') for row in rows] == column
    assert [json.loads(row.pop('extras')) for row in rows] == [
        dict(size=7.0),
        dict(size=None),
    ]
    for row, record in zip(rows, given, strict=True):
        assert row == {name: record.get(name) for name in row}
    assert table.schema == record_table([]).schema
