"""Solvers of landmarks with a depth, beside MediaPipe's own C++ code."""

import numpy as np
import pytest

from mmfsa.landmarks import HeadPoints, solve
from mmfsa.landmarks.mediapipe import WEIGHTS, similarity
from mmfsa.methods import LandmarkMethod, Method
from mmfsa.structures import Camera, Faces, Frame, Poses, pose_to_matrix

MESH = HeadPoints(source='mediapipe_468')
TO_OPENGL = np.diag([1.0, -1, -1])
POSE = np.array([30.0, -10, 15])


@pytest.fixture(scope='module')
def golden(shared):
    path = shared / 'reference/rivals/golden/mediapipe_face_geometry.npz'
    return np.load(path)


def faces(golden):
    """Landmarks in pixels and MediaPipe's camera, of the ten made-up faces."""
    pairs = zip(
        golden['landmarks_normalised_xyz'].astype(float),
        golden['image_w_h'],
        strict=True,
    )
    for landmarks, (width, height) in pairs:
        focal = height / 2 / np.tan(np.radians(63 / 2))
        camera = Camera(focal, focal, width / 2, height / 2)
        yield landmarks * [width, height, width], camera


def test_the_points_are_the_canonical_ones(golden):
    canonical = 10 * golden['canonical468_xyz'] @ TO_OPENGL
    np.testing.assert_allclose(MESH.whole, canonical, atol=1e-5)
    assert [*WEIGHTS] == golden['procrustes_index'].tolist()
    np.testing.assert_allclose(
        [*WEIGHTS.values()], golden['procrustes_weight64'], atol=1e-6
    )


def test_face_geometry(golden):
    for i, (pixels, camera) in enumerate(faces(golden)):
        fit, error = solve('face_geometry', pixels, MESH.xyz, camera)
        np.testing.assert_allclose(fit.rotation, golden['project_R64'][i], atol=1e-5)
        place = 10 * TO_OPENGL @ golden['pose_transform_matrix'][i, :3, 3]
        np.testing.assert_allclose(fit.translation, place, atol=0.01)
        assert error < 0.05


def test_kabsch(golden):
    for i, (pixels, camera) in enumerate(faces(golden)):
        fit, error = solve('kabsch', pixels, MESH.xyz, camera)
        expected = golden['kabsch_all468_project_R64'][i]
        np.testing.assert_allclose(fit.rotation, expected, atol=1e-9)
        assert error < 0.01


def test_the_similarity_of_exact_points():
    turn = pose_to_matrix(POSE)
    seen = 2.5 * MESH.xyz @ turn.T + [3, 4, 5]
    found = similarity(MESH.xyz, seen, np.ones(468))
    assert found.scale == pytest.approx(2.5)
    np.testing.assert_allclose(found.rotation, turn, atol=1e-12)
    np.testing.assert_allclose(found.shift, [3, 4, 5], atol=1e-9)
    # Never a mirror image.
    mirrored = similarity(MESH.xyz, MESH.xyz * [-1, 1, 1], np.ones(468))
    assert np.linalg.det(mirrored.rotation) == pytest.approx(1)


class Mesh(Method):
    """Finds the exact points of a head that is a metre away."""

    name = 'mesh'

    def __init__(self, columns=3):
        self.columns = columns

    def predict(self, frame, faces):  # noqa: ARG002
        seen = MESH.xyz @ pose_to_matrix(POSE).T + [20, 30, 1000]
        pixels = seen * 0.8 + [320, 240, 0]
        landmarks = np.repeat(pixels[None, :, : self.columns], len(faces), axis=0)
        poses = np.full((len(faces), 3), np.nan)
        return Poses.from_euler(poses, extras=dict(landmarks=landmarks))


FRAME = Frame(np.zeros((480, 640, 3), np.uint8), camera=Camera(800, 800, 320, 240))
FACE = Faces([[100, 100, 200, 200]], 'landmarks68')


def test_a_method_of_468_points():
    method = LandmarkMethod(MESH, Mesh(), 'kabsch')
    found = method.predict(FRAME, FACE)
    np.testing.assert_allclose(found.euler[0], POSE, atol=1e-6)
    # The scale is that of the points' centre, which lies before the head's origin.
    centre = pose_to_matrix(POSE) @ MESH.xyz.mean(0)
    place = found.extras['translation'][0] + [0, 0, centre[2]]
    np.testing.assert_allclose(place, [20, 30, 1000], atol=1e-6)
    assert found.extras['landmarks'].shape == (1, 468, 3)
    # The solvers without depth take the same landmarks.
    found = LandmarkMethod(MESH, Mesh(), 'weak_perspective').predict(FRAME, FACE)
    np.testing.assert_allclose(found.euler[0], POSE, atol=1e-6)


def test_what_does_not_fit_is_refused():
    flat = LandmarkMethod(MESH, Mesh(columns=2), 'kabsch')
    with pytest.raises(ValueError, match='kabsch needs landmarks with a depth'):
        flat.predict(FRAME, FACE)
    with pytest.raises(
        ValueError, match='mesh finds 468 landmarks, and the head has 68'
    ):
        LandmarkMethod(None, Mesh()).predict(FRAME, FACE)
    camera = FRAME.camera
    with pytest.raises(ValueError, match='face_geometry needs the 468 points'):
        solve('face_geometry', HeadPoints().xyz, HeadPoints().xyz, camera)
