"""Landmarks to poses: right ones, missing ones, and ones that fit no face."""

import numpy as np
import pytest

from mmfsa import HeadPosePredictor, create_model
from mmfsa.inputs import crop_face
from mmfsa.landmarks import HeadPoints
from mmfsa.landmarks.solvers import Fit, project
from mmfsa.methods import LandmarkMethod, Method
from mmfsa.structures import Camera, Faces, Frame, Poses, matrix_to_pose, pose_to_matrix

CAMERA = Camera(800, 800, 320, 240)
POSES = np.array([[30.0, -10, 5], [-60, 20, -15], [0, 0, 0]])
DEPTH = 900.0
# iBUG's landmarks in a mirror: jaw, brows, nose, eyes, lips.
MIRRORED = [*range(16, -1, -1), *range(26, 16, -1), *range(27, 31), *range(35, 30, -1)]
MIRRORED += [45, 44, 43, 42, 47, 46, 39, 38, 37, 36, 41, 40]
MIRRORED += [*range(54, 47, -1), *range(59, 54, -1), *range(64, 59, -1), 67, 66, 65]


def seen(poses=POSES, points=None):
    """A frame, and faces whose landmarks are exact projections."""
    points = HeadPoints().xyz if points is None else points
    landmarks = np.stack(
        [
            project(
                Fit(pose_to_matrix(pose), np.array([10.0, 5, DEPTH])), points, CAMERA
            )
            for pose in poses
        ]
    )
    boxes = np.concatenate([landmarks.min(1), landmarks.max(1)], axis=1)
    frame = Frame(np.zeros((480, 640, 3), np.uint8), camera=CAMERA)
    return frame, Faces(boxes, 'landmarks68', landmarks=landmarks)


def test_poses_and_positions():
    poses = LandmarkMethod(solver='pnp').predict(*seen())
    np.testing.assert_allclose(poses.euler, POSES, atol=0.01)
    assert poses.valid.all()
    assert poses.extras['landmark_error'].max() < 1e-4
    expected = np.array([[10, 5, DEPTH]] * 3)
    np.testing.assert_allclose(poses.extras['translation'], expected, atol=0.5)


def test_the_published_order_changes_the_angles_only():
    right = LandmarkMethod(solver='pnp').predict(*seen())
    published = LandmarkMethod(solver='pnp', order='as_published').predict(*seen())
    np.testing.assert_allclose(published.rotation, right.rotation)
    assert np.abs(published.euler - right.euler).max() > 5
    np.testing.assert_allclose(published.euler[2], [0, 0, 0], atol=0.01)


def test_landmarks_that_are_missing():
    frame, faces = seen()
    faces.landmarks[0, :30] = np.nan  # the other 38 do
    faces.landmarks[1, 3:] = np.nan
    poses = LandmarkMethod(solver='pnp').predict(frame, faces)
    assert poses.valid.tolist() == [True, False, True]
    np.testing.assert_allclose(poses.euler[0], POSES[0], atol=0.1)
    assert np.isnan(poses.euler[1]).all()
    assert poses.reasons[0] == '' and '3 points are known' in poses.reasons[1]
    faces.landmarks[0] = np.nan
    poses = LandmarkMethod().predict(frame, faces)
    assert poses.reasons[0] == 'none of the landmarks of the face is known'
    for found, landmarks in ((0, None), (5, faces.landmarks[:, :5])):
        others = Faces(faces.boxes, 'landmarks68', landmarks=landmarks)
        poses = LandmarkMethod().predict(frame, others)
        assert not poses.valid.any()
        assert f'has {found} landmarks, and the head has 68' in poses.reasons[2]
    assert len(LandmarkMethod().predict(frame, faces.take(np.zeros(3, bool)))) == 0


@pytest.mark.parametrize('solver', ['weak_perspective', 'pnp', 'posit'])
def test_left_and_right_swapped(solver):
    frame, faces = seen()
    faces.landmarks = faces.landmarks[:, MIRRORED]
    poses = LandmarkMethod(solver=solver).predict(frame, faces)
    assert not poses.valid.any() and all(poses.reasons)


def test_landmarks_of_no_face():
    frame, faces = seen()
    noise = np.random.default_rng(0).uniform(0, 300, faces.landmarks.shape)
    faces.landmarks = noise.astype(np.float32)
    poses = LandmarkMethod(solver='pnp').predict(frame, faces)
    assert not poses.valid.any() and 'off the fitted head' in poses.reasons[0]


class Finder(Method):
    """A network's stand-in that gives the landmarks of a subset of faces."""

    name, weights_sha256 = 'finder', 'abc'

    def predict(self, frame, faces):  # noqa: ARG002
        return Poses.from_euler(
            np.zeros((len(faces), 3)), extras=dict(landmarks=seen()[1].landmarks)
        )


def test_landmarks_of_a_network():
    frame, faces = seen()
    method = LandmarkMethod(network=Finder(), solver='pnp')
    poses = method.predict(frame, Faces(faces.boxes, 'landmarks68'))
    np.testing.assert_allclose(poses.euler, POSES, atol=0.01)
    assert (method.name, method.weights_sha256) == ('finder', 'abc')


def test_without_a_camera_the_focal_length_is_four_widths():
    frame, faces = seen(POSES[2:])
    frame.camera = None
    poses = LandmarkMethod(solver='pnp').predict(frame, faces)
    assert poses.extras['translation'][0, 2] == pytest.approx(
        DEPTH * 4 * 640 / 800, rel=0.1
    )


@pytest.mark.parametrize(
    ('settings', 'message'),
    [
        (dict(solver='magic'), 'solver must be one of'),
        (dict(order='zxy'), 'order must be one of'),
        (dict(focal=0), 'focal must be above 0'),
        (dict(max_error=-1), 'max_error must be above 0'),
    ],
)
def test_bad_settings(settings, message):
    with pytest.raises(ValueError, match=message):
        LandmarkMethod(**settings)


def test_by_its_name_without_weights():
    frame, faces = seen()
    predictor = HeadPosePredictor('given-pnp')
    poses = predictor.method.predict(frame, faces)
    assert np.abs(poses.euler - POSES).max() < 8  # weak perspective from 0.9 m
    np.testing.assert_allclose(matrix_to_pose(poses.rotation), poses.euler)


def test_crops_have_the_poses_of_their_faces(renderer_of):
    method = create_model('own_landmarks_pnp', backend='onnxruntime', threads=1)
    heads = [renderer_of(256)(seed=5, subject=i, index=0) for i in range(3)]
    answers = [
        method.predict(Frame(head.image), Faces([head.face_box], 'landmarks68'))
        for head in heads
    ]
    crops = [
        crop_face(head.image, head.face_box, method.spec, 'landmarks68').image
        for head in heads
    ]
    expected = np.concatenate([answer.euler for answer in answers])
    np.testing.assert_allclose(method.estimate(np.stack(crops)), expected, atol=0.02)
