"""Where OpenCV's solvePnP puts faces, by how it starts."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from mmfsa.landmarks import HeadPoints, pnp, weak_perspective
from mmfsa.landmarks.solvers import Fit, default_camera
from mmfsa.structures import Camera, matrix_to_pose
from mmfsa.utils.files import write_json
from mmfsa.utils.images import read_image

from .faces import known_faces
from .head_pose_metric import pose_errors
from .tables import format_table

FOCAL = 1  # image widths, as most tutorials have it
HEADER = 'start', 'behind the camera', 'MAE', 'MAE of the others', 'MAE of the behind'


def _opencv(flags: int) -> Callable[[np.ndarray, np.ndarray, Camera], Fit]:
    """OpenCV's solver without a start of ours."""

    def solve(pixels: np.ndarray, points: np.ndarray, camera: Camera) -> Fit:
        _, turn, shift = cv2.solvePnP(points, pixels, camera.matrix, None, flags=flags)
        return Fit(cv2.Rodrigues(turn)[0], shift.ravel())

    return solve


STARTS = {
    'solvePnP as it is (SOLVEPNP_ITERATIVE)': _opencv(cv2.SOLVEPNP_ITERATIVE),
    'SOLVEPNP_EPNP': _opencv(cv2.SOLVEPNP_EPNP),
    'SOLVEPNP_SQPNP': _opencv(cv2.SOLVEPNP_SQPNP),
    'weak perspective alone': weak_perspective,
    "mmfsa's pnp: two safe starts": pnp,
}


def compare_pnp_starts(data_root: str | Path, out: Path | None = None) -> str:
    """Fit a head to the labelled landmarks from each start.

    Args:
        data_root: A data set with 68 landmarks; faces within ±99° are taken.
        out: Write the numbers there, as JSON.

    Returns:
        For each start how many faces lie behind the camera, and the errors in degrees,
        as a table.

    Raises:
        FileNotFoundError: The data set is not there.
        ValueError: Its faces have no 68 landmarks.
    """
    faces = labelled_landmarks(data_root)
    points = HeadPoints()
    gt = np.array([pose for pose, _, _ in faces])
    measured = {}
    for name, solve in STARTS.items():
        fits = [
            solve(pixels, points.xyz, default_camera(size, FOCAL))
            for _, pixels, size in faces
        ]
        pred = matrix_to_pose(np.array([fit.rotation for fit in fits]))
        behind = np.array([fit.translation[2] <= 0 for fit in fits])
        measured[name] = dict(
            num=len(gt),
            behind=int(behind.sum()),
            **{
                key: round(pose_errors(pred[chosen], gt[chosen])['MAE'], 4)
                for key, chosen in (
                    ('all', np.full(len(gt), True)),
                    ('in_front', ~behind),
                    ('those_behind', behind),
                )
                if chosen.any()
            },
        )
    if out:
        write_json(dict(opencv=cv2.__version__, starts=measured), out)
    return format_table(HEADER, rows(measured))


def rows(measured: dict[str, dict]) -> list[list[str]]:
    """The cells of :data:`HEADER`."""
    return [
        [
            name,
            f'{one["behind"]} of {one["num"]}',
            *(
                f'{one[key]:.2f}' if key in one else ''
                for key in ('all', 'in_front', 'those_behind')
            ),
        ]
        for name, one in measured.items()
    ]


def labelled_landmarks(
    data_root: str | Path,
) -> list[tuple[np.ndarray, np.ndarray, tuple[int, int]]]:
    """The pose (3,), the landmarks (68, 2) and the image's size of each face."""
    faces = []
    for info in known_faces(data_root):
        landmarks = np.array(info.get('landmarks', []), dtype=float)
        if landmarks.shape != (68, 2):
            raise ValueError(
                f'{info["img_path"]} has no 68 landmarks: convert it again'
            )
        height, width = read_image(info['img_path']).shape[:2]
        faces.append((np.array(info['gt_pose']), landmarks, (width, height)))
    return faces
