"""A face's record is JSON, whatever the method could not find."""

import json

import numpy as np

from mmfsa.apis.inferencer import samples_of
from mmfsa.sources import face_record
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
