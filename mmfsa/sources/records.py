"""The public form of a result: one flat record of plain Python a face."""

import numpy as np

from mmfsa.structures import (
    CONVENTION,
    FaceSample,
    matrix_to_quaternion,
    pose_to_matrix,
)


def face_record(sample: FaceSample, model: str, weights_sha256: str) -> dict:
    """A face's record, as docs/en/inference.md describes it.

    A face without a valid pose has ``valid`` False with a ``reason``, and None in place
    of numbers: JSON has no NaN. With a camera, it has ``position_mm`` and
    ``relative_to``, too.
    """
    valid = bool(sample.get('valid', True))
    yaw, pitch, roll = np.asarray(sample.pred_pose).tolist() if valid else (None,) * 3
    matrix = pose_to_matrix(np.asarray(sample.pred_pose, dtype=np.float64))
    spread = sample.get('spread')
    if spread is not None and not np.isfinite(spread).all():
        spread = None  # of a face without a pose, or a method that does not say it
    crop_box = sample.get('crop_box')
    of_camera = {}
    if 'relative_to' in sample:
        of_camera = dict(
            position_mm=_rounded(sample.translation, 1) if valid else None,
            relative_to=sample.relative_to,
        )
    return dict(
        image=sample.img_path,
        frame=sample.frame,
        time=sample.time,
        track_id=sample.track_id,
        box=_rounded(sample.box, 2),
        score=_rounded(sample.score, 4),
        landmarks=_rounded(sample.landmarks, 2),
        crop_box=None if crop_box is None else list(crop_box),
        turned=_rounded(sample.get('turned', 0.0), 0),
        valid=valid,
        reason=sample.get('reason') or None,
        doubts=sample.get('doubts', []),
        yaw=_rounded(yaw, 3),
        pitch=_rounded(pitch, 3),
        roll=_rounded(roll, 3),
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
