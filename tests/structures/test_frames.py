"""Other programs show the head that the image shows."""

import cv2
import numpy as np
import pytest

from mmfsa.structures import (
    matrix_to_pose,
    pose_to_matrix,
    relative_pose,
    to_frame,
    to_frame_position,
    to_rvec,
)
from mmfsa.structures.frames import FRAMES

POSES = np.array([[0, 0, 0], [35, -20, 10], [-80, 40, -25], [10, 80, 170.0]])
# Forward, up and the head's own right: in a head model of the program, and where the
# image's right, up and the way into the scene are in its camera.
HEADS = {
    'opengl': [[0, 0, 1], [0, 1, 0], [-1, 0, 0]],
    'threejs': [[0, 0, 1], [0, 1, 0], [-1, 0, 0]],
    'unity': [[0, 0, 1], [0, 1, 0], [1, 0, 0]],
    'unreal': [[1, 0, 0], [0, 0, 1], [0, 1, 0]],
    'ros': [[1, 0, 0], [0, 0, 1], [0, -1, 0]],
}
CAMERAS = {
    'opengl': [[1, 0, 0], [0, 1, 0], [0, 0, -1]],
    'threejs': [[1, 0, 0], [0, 1, 0], [0, 0, -1]],
    'unity': [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    'unreal': [[0, 1, 0], [0, 0, 1], [1, 0, 0]],
    'ros': [[0, -1, 0], [0, 0, 1], [1, 0, 0]],
}


@pytest.mark.parametrize('frame', FRAMES)
def test_a_head_looks_where_the_image_shows_it(frame):
    """Its forward, up and right, seen along the image's right, up and depth."""
    rotations = pose_to_matrix(POSES)
    own = np.array([[0, 0, -1], [0, -1, 0], [-1, 0, 0]])  # in mmfsa's head
    image = np.array([[1, 0, 0], [0, -1, 0], [0, 0, 1]])  # in OpenCV's camera
    expected = image @ rotations @ own.T
    there = to_frame(rotations, frame)
    found = np.array(CAMERAS[frame]) @ there @ np.array(HEADS[frame]).T
    np.testing.assert_allclose(found, expected, atol=1e-12)
    np.testing.assert_allclose(np.linalg.det(there), 1)


@pytest.mark.parametrize('frame', FRAMES)
def test_at_rest_a_head_is_not_turned(frame):
    np.testing.assert_allclose(to_frame(np.eye(3), frame, rest=True), np.eye(3))
    position = to_frame_position([100, 50, 800], frame)
    seen = np.array(CAMERAS[frame]) @ position
    unit = 10 if frame == 'unreal' else 1000
    np.testing.assert_allclose(seen * unit, [100, -50, 800])


def test_another_frame():
    with pytest.raises(ValueError, match="no frame 'blender': opengl, threejs, unity"):
        to_frame(np.eye(3), 'blender')


def test_a_rotation_vector_is_that_of_opencv():
    for rotation in pose_to_matrix(POSES):
        np.testing.assert_allclose(
            cv2.Rodrigues(to_rvec(rotation))[0], rotation, atol=1e-9
        )


def test_a_tilted_camera_sees_the_same_head():
    """A camera that looks down by 20 degrees multiplies by its own rotation."""
    tilt = pose_to_matrix([0, -20, 0])
    for pose in POSES[:3]:
        seen = matrix_to_pose(tilt @ pose_to_matrix(pose))
        np.testing.assert_allclose(relative_pose(seen, [0, -20, 0]), pose, atol=1e-9)
