"""The public form of a result: one flat record of plain Python a face."""

import numpy as np

from mmfsa.structures import (
    CONVENTION,
    HeadPoseDataSample,
    matrix_to_quaternion,
    pose_to_matrix,
)


def face_record(sample: HeadPoseDataSample, model: str, weights_sha256: str) -> dict:
    """A face's record, as docs/en/inference.md describes it.

    A face without a valid pose has ``valid`` False, and None in place of numbers: JSON
    has no NaN. With a camera, it has ``position_mm`` and ``relative_to``, too.
    """
    valid = bool(sample.get('valid', True))
    yaw, pitch, roll = np.asarray(sample.pred_pose).tolist() if valid else (None,) * 3
    matrix = pose_to_matrix(np.asarray(sample.pred_pose, dtype=np.float64))
    spread = sample.get('spread')
    if spread is not None and not np.isfinite(spread).all():
        spread = None  # of a face without a pose, or a method that does not say it
    crop_box = sample.get('crop_box')
    landmarks = sample.landmarks
    known = landmarks is not None and np.isfinite(landmarks).all()
    of_camera = {}
    if 'relative_to' in sample:
        placed = valid and np.isfinite(sample.translation).all()
        of_camera = dict(
            position_mm=_rounded(sample.translation, 1) if placed else None,
            relative_to=sample.relative_to,
        )
    return dict(
        image=sample.img_path,
        frame=sample.frame,
        time=sample.time,
        track_id=sample.track_id,
        box=_rounded(sample.box, 2),
        score=_rounded(sample.score, 4),
        landmarks=_rounded(landmarks, 2) if known else None,
        crop_box=None if crop_box is None else list(crop_box),
        valid=valid,
        yaw=_rounded(yaw, 3),
        pitch=_rounded(pitch, 3),
        roll=_rounded(roll, 3),
        spread=_rounded(spread, 3),
        extras={
            name: _rounded(value, 4) if np.isfinite(value).all() else None
            for name, value in sample.get('extras', {}).items()
        },
        rotation_matrix=_rounded(matrix, 6) if valid else None,
        quaternion=_rounded(matrix_to_quaternion(matrix), 6) if valid else None,
        **of_camera,
        convention=CONVENTION,
        model=model,
        weights_sha256=weights_sha256,
    )


def _rounded(value, decimals: int):
    if value is None:
        return None
    return np.asarray(value, dtype=np.float64).round(decimals).tolist()
