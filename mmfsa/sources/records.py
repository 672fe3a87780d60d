"""The public form of a result: one flat record of plain Python a face."""

import json
from pathlib import Path

import numpy as np

from mmfsa.structures import (
    ANGLES,
    CONVENTION,
    FaceSample,
    matrix_to_quaternion,
    pose_to_matrix,
    relative_pose,
)
from mmfsa.utils.files import to_json

# It grows by 1 where a field goes, or its meaning changes; not where a field is added.
SCHEMA_VERSION = 1
SCHEMA = Path(__file__).parent / 'record.schema.json'
COMPACT = (
    *('schema_version', 'image', 'number', 'frame', 'time', 'track_id', 'box', 'score'),
    *('turned', 'valid', 'reason', 'doubts', *ANGLES, 'spread'),
    *('neutral', 'position_mm', 'relative_to'),
)
NEEDED = 'schema_version', 'image', 'box', 'valid', *ANGLES


def record_schema() -> dict:
    """The JSON Schema (2020-12) of a record, whole or compact.

    >>> record_schema()['properties']['yaw']['description']
    "degrees, > 0: towards the image's left"
    """
    return json.loads(SCHEMA.read_text(encoding='utf-8'))


def compact_record(record: dict) -> dict:
    """A record without what most users do not need, and without what is not known.

    >>> compact_record(dict(schema_version=1, image='a.jpg', box=[0, 0, 9, 9],
    ...                     valid=False, yaw=None, score=None, quaternion=None))
    {'schema_version': 1, 'image': 'a.jpg', 'box': [0, 0, 9, 9], 'valid': False,
     'yaw': None}
    """
    return {
        key: record[key]
        for key in COMPACT
        if key in record and (key in NEEDED or record[key] not in (None, [], 0.0))
    }


def record_line(record: dict, compact: bool = False) -> str:
    """A record as a line of JSON."""
    if compact:
        text = to_json(compact_record(record), separators=(',', ':'))
    else:
        text = to_json(record)
    return f'{text}\n'


def read_records(path: str | Path, *needed: str) -> list[dict]:
    """The records of the faces in a video, from the `predictions.jsonl` of it.

    Args:
        path: The file.
        *needed: Fields that must be known of each face, beside its time and, where it has
            one, its pose.

    Raises:
        ValueError: A line is no record of a face in a video, or a field is not known.
    """
    records = []
    for number, line in enumerate(Path(path).read_text().splitlines(), 1):
        try:
            record = json.loads(line)
            pose = ANGLES if record.get('valid', True) else ()
            known = all(record[key] is not None for key in ('time', *needed, *pose))
        except (AttributeError, KeyError, ValueError):
            known = False
        if not known:
            raise ValueError(f'{path}:{number}: this is no record of a face in a video')
        records.append(record)
    return records


def face_record(sample: FaceSample, model: str, weights_sha256: str) -> dict:
    """A face's record, as docs/en/inference.md describes it.

    A face without a valid pose has ``valid`` False with a ``reason``, and None in place
    of numbers: JSON has no NaN. With a camera, it has ``position_mm`` and
    ``relative_to``, too.
    """
    valid = bool(sample.get('valid', True))
    pose, neutral = np.asarray(sample.pred_pose), sample.get('neutral')
    if neutral is not None:
        pose = relative_pose(pose, neutral)
    yaw, pitch, roll = pose.tolist() if valid else (None,) * 3
    matrix = pose_to_matrix(pose.astype(np.float64))
    spread = sample.get('spread')
    if spread is not None and not np.isfinite(spread).all():
        spread = None  # of a face without a pose, or a method that does not say it
    crop_box = sample.get('crop_box')
    of_camera = {}
    number = sample.get('number')
    if 'relative_to' in sample:
        of_camera = dict(
            position_mm=_rounded(sample.translation, 1) if valid else None,
            relative_to=sample.relative_to,
        )
    return dict(
        schema_version=SCHEMA_VERSION,
        image=None if number is not None else sample.img_path or None,
        number=number,
        frame=sample.frame,
        time=sample.time,
        track_id=sample.track_id,
        box=_rounded(sample.box, 2),
        score=_rounded(sample.score, 4),
        landmarks=_rounded(sample.landmarks, 2),
        crop_box=None if crop_box is None else np.asarray(crop_box).tolist(),
        turned=_rounded(sample.get('turned', 0.0), 0),
        valid=valid,
        reason=sample.get('reason') or None,
        doubts=sample.get('doubts', []),
        yaw=_rounded(yaw, 3),
        pitch=_rounded(pitch, 3),
        roll=_rounded(roll, 3),
        neutral=_rounded(neutral, 3),
        spread=_rounded(spread, 3),
        extras={
            name: _rounded(value, 4) for name, value in sample.get('extras', {}).items()
        },
        rotation_matrix=_rounded(matrix, 6) if valid else None,
        quaternion=_rounded(matrix_to_quaternion(matrix), 6) if valid else None,
        camera=sample.get('camera'),
        **of_camera,
        convention=CONVENTION,
        model=model,
        weights_sha256=weights_sha256,
    )


def _rounded(value, decimals: int):
    """Plain numbers; None where one of them is no number."""
    if value is None or not np.isfinite(value).all():
        return None
    return np.asarray(value, dtype=np.float64).round(decimals).tolist()
