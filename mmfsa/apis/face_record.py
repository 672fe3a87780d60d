"""The public form of a result: one flat record of plain Python a face."""

import numpy as np

from mmfsa.structures import (
    HeadPoseDataSample,
    matrix_to_quaternion,
    pose_to_matrix,
)

CONVENTION = (
    "degrees; yaw > 0: the face turns to the image's left, pitch > 0: it looks up, "
    'roll > 0: clockwise in the image; rotation_matrix = Rx(-pitch) Ry(yaw) Rz(roll) in '
    'the OpenCV camera frame (x right, y down, z into the scene)'
)


def face_record(sample: HeadPoseDataSample, model: str, weights_sha256: str) -> dict:
    """A face's record, as docs/en/inference.md describes it."""
    matrix = pose_to_matrix(np.asarray(sample.pred_pose, dtype=np.float64))
    yaw, pitch, roll = np.asarray(sample.pred_pose).tolist()
    return dict(
        image=sample.img_path,
        frame=sample.frame,
        time=sample.time,
        track_id=sample.track_id,
        box=_rounded(sample.box, 2),
        score=_rounded(sample.score, 4),
        landmarks=_rounded(sample.landmarks, 2),
        crop_box=list(sample.crop_box),
        yaw=round(yaw, 3),
        pitch=round(pitch, 3),
        roll=round(roll, 3),
        rotation_matrix=_rounded(matrix, 6),
        quaternion=_rounded(matrix_to_quaternion(matrix), 6),
        convention=CONVENTION,
        model=model,
        weights_sha256=weights_sha256,
    )


def _rounded(value, decimals: int):
    if value is None:
        return None
    return np.asarray(value, dtype=np.float64).round(decimals).tolist()
