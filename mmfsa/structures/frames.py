"""Head poses in the frames of other programs: OpenGL, three.js, Unity, Unreal, ROS.

A frame has two sides. The camera's axes say where right, up and forward are. The head's
axes say where a head model of this program looks while it is not rotated: along +z in
OpenGL, three.js and Unity, along +x in Unreal and ROS. For each frame, ``R' = C R Hᵀ``
with C from OpenCV's camera to this camera, and H from mmfsa's head to this head.

OpenCV's own ``rvec`` and ``tvec`` are the rotation vector of R and the position:

>>> import cv2
>>> rotation = pose_to_matrix([30, -10, 5])
>>> rvec, tvec = matrix_to_rotation_vector(rotation), np.array([0.0, 50, 800])
>>> np.allclose(cv2.Rodrigues(rvec)[0], rotation)
True
>>> camera = np.diag([900.0, 900, 1])
>>> points, _ = cv2.projectPoints(np.zeros((1, 3)), rvec, tvec, camera, None)
>>> points.ravel().round(2).tolist()
[0.0, 56.25]

ROS' *optical* frame of a camera (x right, y down, z forward) is OpenCV's.
"""

from typing import NamedTuple

import numpy as np

from .rotation import matrix_to_pose, matrix_to_rotation_vector, pose_to_matrix

__all__ = ['FRAMES', 'relative_pose', 'to_frame', 'to_frame_position', 'to_rvec']


class OtherFrame(NamedTuple):
    """How another program has cameras and heads.

    Attributes:
        camera: (3, 3) the camera's axes: each row is an axis of the program, in OpenCV's
            x right, y down, z forward.
        head: (3, 3) the head's axes, each in mmfsa's head: x to its left, y down, z back.
        units: Units of length in a millimetre.
    """

    camera: list[list[int]]
    head: list[list[int]]
    units: float


_X, _Y, _Z = np.eye(3, dtype=int).tolist()


def _minus(axis: list[int]) -> list[int]:
    return [-value for value in axis]


_OPENGL = OtherFrame([_X, _minus(_Y), _minus(_Z)], [_X, _minus(_Y), _minus(_Z)], 1e-3)
FRAMES = {
    'opengl': _OPENGL,  # right-handed; x right, y up, z towards the viewer
    'threejs': _OPENGL,
    # Left-handed; x right, y up, z forward.
    'unity': OtherFrame(
        [_X, _minus(_Y), _Z], [_minus(_X), _minus(_Y), _minus(_Z)], 1e-3
    ),
    # Left-handed; x forward, y right, z up; centimetres.
    'unreal': OtherFrame(
        [_Z, _X, _minus(_Y)], [_minus(_Z), _minus(_X), _minus(_Y)], 0.1
    ),
    # REP 103, right-handed; x forward, y left, z up.
    'ros': OtherFrame([_Z, _minus(_X), _minus(_Y)], [_minus(_Z), _X, _minus(_Y)], 1e-3),
}


def to_frame(matrix: np.ndarray, frame: str, rest: bool = False) -> np.ndarray:
    """The rotation of a head in the frame of another program.

    Args:
        matrix: (..., 3, 3) rotations of heads in mmfsa's convention.
        frame: A key of :data:`FRAMES`.
        rest: Relative to a head that looks into the camera: the identity where the person
            looks into the camera. This is what turns the bone of an avatar.

    Returns:
        (..., 3, 3) rotations of the program's head in the program's camera.
        :func:`.matrix_to_quaternion` turns them into x, y, z, w.

    Raises:
        ValueError: There is no such frame.

    three.js: the Euler angles XYZ are −pitch, −yaw, −roll.

    >>> from scipy.spatial.transform import Rotation
    >>> rotation = to_frame(pose_to_matrix([30, -10, 5]), 'threejs')
    >>> Rotation.from_matrix(rotation).as_euler('XYZ', degrees=True).round(6) + 0
    array([ 10., -30.,  -5.])

    Unity: a head that looks into the camera is turned by 180° about y.

    >>> to_frame(pose_to_matrix([0, 0, 0]), 'unity').tolist()
    [[-1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, -1.0]]

    Yaw 90: the face looks to the image's left. That is −x in Unity, −y in Unreal, and +y
    in ROS.

    >>> left = pose_to_matrix([90, 0, 0])
    >>> np.rint(to_frame(left, 'unity') @ [0, 0, 1]).astype(int).tolist()
    [-1, 0, 0]
    >>> np.rint(to_frame(left, 'unreal') @ [1, 0, 0]).astype(int).tolist()
    [0, -1, 0]
    >>> np.rint(to_frame(left, 'ros') @ [1, 0, 0]).astype(int).tolist()
    [0, 1, 0]
    """
    other = _frame(frame)
    camera, head = np.array(other.camera), np.array(other.head)
    rotation = camera @ np.asarray(matrix, dtype=np.float64) @ head.T
    if rest:
        rotation = (camera @ head.T).T @ rotation
    return rotation + 0.0  # no −0


def to_frame_position(position: np.ndarray, frame: str) -> np.ndarray:
    """The position of a head in the frame and the unit of another program.

    Args:
        position: (..., 3) x, y, z in millimetres, `position_mm` of a record.
        frame: A key of :data:`FRAMES`.

    Returns:
        (..., 3) metres; centimetres in Unreal.

    Raises:
        ValueError: There is no such frame.

    >>> to_frame_position([100, 50, 800], 'opengl').tolist()
    [0.1, -0.05, -0.8]
    >>> to_frame_position([100, 50, 800], 'unreal').tolist()
    [80.0, 10.0, -5.0]
    """
    other = _frame(frame)
    moved = np.asarray(position, dtype=np.float64) @ np.array(other.camera).T
    return (moved * other.units).round(9) + 0.0


def to_rvec(matrix: np.ndarray) -> np.ndarray:
    """The rotation vector that OpenCV calls ``rvec``: axis times angle in radians.

    Args:
        matrix: (..., 3, 3) rotations of heads in mmfsa's convention.

    Returns:
        (..., 3). With it, points of a head (x to its left, y down, z back) are projected
        by `cv2.projectPoints`. The position in millimetres is the ``tvec``.

    >>> to_rvec(pose_to_matrix([90, 0, 0])).round(4).tolist()
    [0.0, 1.5708, 0.0]
    """
    return matrix_to_rotation_vector(matrix)


def relative_pose(pose: np.ndarray, neutral: np.ndarray) -> np.ndarray:
    """A pose as a person sees it whose neutral pose is another than zero.

    A camera that is tilted down by t degrees sees a level head at pitch −t: this is the
    neutral pose (0, −t, 0).

    Args:
        pose: (..., 3) yaw, pitch, roll in degrees.
        neutral: (3,) the pose of the person that looks straight ahead.

    Returns:
        (..., 3) yaw, pitch, roll in degrees; zero for the neutral pose.

    >>> relative_pose([-20, 8, 1], [-20, 8, 1]).round(6) + 0
    array([0., 0., 0.])
    >>> relative_pose([0, -5, 0], [0, -15, 0]).round(6) + 0
    array([ 0., 10.,  0.])
    """
    back = pose_to_matrix(np.asarray(neutral, dtype=np.float64)).swapaxes(-1, -2)
    return matrix_to_pose(back @ pose_to_matrix(np.asarray(pose, dtype=np.float64)))


def _frame(name: str) -> OtherFrame:
    if name not in FRAMES:
        raise ValueError(f'there is no frame {name!r}: {", ".join(FRAMES)}')
    return FRAMES[name]
