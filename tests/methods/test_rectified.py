"""Poses relative to the camera: exact where a method is, and the same in both ways."""

from dataclasses import replace

import numpy as np
import pytest

from mmfsa import HeadPosePredictor
from mmfsa.methods import (
    EnsembleMethod,
    LandmarkMethod,
    Method,
    RectifiedMethod,
    create_model,
)
from mmfsa.methods.position import MEAN_HEAD
from mmfsa.structures import (
    Camera,
    Faces,
    Frame,
    Poses,
    geodesic_distance,
    matrix_to_pose,
    pose_to_matrix,
    rotation_to_axis,
)

SIZE = 640, 480
CAMERA = Camera.from_fov(90, SIZE)


class ByLandmarks(Method):
    """Finds the mean head's pose exactly, as the camera of its frame sees it."""

    name = 'by landmarks'
    weights_sha256 = 'abc'
    forgotten = None

    def predict(self, frame, faces):
        import cv2

        rotations = np.full((len(faces), 3, 3), np.nan)
        for i in range(len(faces)):
            pixels = faces.landmarks[i].astype(np.float64)
            if np.isfinite(pixels).all():
                _, turn, _ = cv2.solvePnP(
                    MEAN_HEAD.xyz,
                    pixels,
                    (frame.camera or CAMERA).matrix,
                    None,
                    flags=cv2.SOLVEPNP_SQPNP,
                )
                rotations[i] = cv2.Rodrigues(turn)[0]
        return Poses.from_rotation(
            rotations, boxes=faces.boxes, extras=dict(landmarks=faces.landmarks)
        )

    def reset(self, ids=None):
        self.forgotten = ids


class RelativeToTheRay(ByLandmarks):
    """As a network sees a crop: it does not know where in the image it was."""

    def predict(self, frame, faces):
        assert frame.camera is None
        poses = super().predict(replace(frame, camera=CAMERA), faces)
        centres = (faces.boxes[:, :2] + faces.boxes[:, 2:]) / 2
        turn = rotation_to_axis(CAMERA.rays(centres))
        return Poses.from_rotation(turn @ poses.rotation, boxes=faces.boxes)


def heads(number, seed=0, pose=None, limit=60):
    """Rotations (n, 3, 3), positions (n, 3) and the faces of mean heads in a picture."""
    rng = np.random.default_rng(seed)
    angles = rng.uniform(-limit, limit, (number, 3))
    rotation = pose_to_matrix(angles if pose is None else np.tile(pose, (number, 1)))
    pixels = rng.uniform([60, 60], [580, 420], (number, 2))
    position = CAMERA.rays(pixels) * rng.uniform(500, 1500, (number, 1))
    points = MEAN_HEAD.xyz @ rotation.swapaxes(1, 2) + position[:, None]
    landmarks = CAMERA.project(points)
    boxes = np.concatenate([landmarks.min(1), landmarks.max(1)], axis=1)
    ids = np.arange(number)
    return rotation, position, Faces(boxes, 'landmarks68', None, landmarks, ids)


@pytest.fixture
def frame():
    image = np.random.default_rng(1).integers(0, 256, (480, 640, 3), np.uint8)
    return Frame(image, camera=CAMERA)


def test_before_is_exact(frame):
    """PnP in the turned camera's view, turned back, is PnP in the camera's picture."""
    rotation, position, faces = heads(20)
    method = RectifiedMethod(ByLandmarks(), CAMERA, 'before')
    poses = method.predict(frame, faces)
    assert geodesic_distance(poses.rotation, rotation).max() < 0.01
    assert geodesic_distance(pose_to_matrix(poses.euler), rotation).max() < 0.01
    np.testing.assert_allclose(poses.extras['translation'], position, rtol=1e-3)
    np.testing.assert_array_equal(poses.boxes, faces.boxes)
    # The method's landmarks were found in the view, and are given in the frame.
    np.testing.assert_allclose(poses.extras['landmarks'], faces.landmarks, atol=1e-2)


def test_after_is_exact(frame):
    rotation, position, faces = heads(20)
    method = RectifiedMethod(RelativeToTheRay(), CAMERA, 'after')
    poses = method.predict(frame, faces)
    assert geodesic_distance(poses.rotation, rotation).max() < 0.01
    np.testing.assert_allclose(poses.extras['translation'], position, rtol=1e-3)


@pytest.mark.parametrize(
    ('solver', 'way', 'degrees'),
    [('pnp', 'before', 0.01), ('pnp', 'after', 10), ('weak_perspective', 'before', 12)],
)
def test_fitted_landmarks(frame, solver, way, degrees):
    """Only a method that sees what the camera sees can be exact."""
    rotation, position, faces = heads(30, limit=40)
    plain = LandmarkMethod(dict(pitch=3), solver=solver, order='xyz')
    poses = RectifiedMethod(plain, CAMERA, way).predict(frame, faces)
    assert geodesic_distance(poses.rotation, rotation).max() < degrees
    exact = 1e-3 if solver == 'pnp' else 0.15
    np.testing.assert_allclose(
        np.linalg.norm(poses.extras['translation'] - position, axis=1)
        / np.linalg.norm(position, axis=1),
        0,
        atol=exact,
    )


@pytest.mark.parametrize('way', ['before', 'after'])
def test_relative_to_the_ray(frame, way):
    rotation, position, faces = heads(20)
    plain = ByLandmarks() if way == 'before' else RelativeToTheRay()
    poses = RectifiedMethod(plain, CAMERA, way, 'ray').predict(frame, faces)
    centres = (faces.boxes[:, :2] + faces.boxes[:, 2:]) / 2
    expected = rotation_to_axis(CAMERA.rays(centres)) @ rotation
    assert geodesic_distance(poses.rotation, expected).max() < 0.01
    assert poses.extras['relative_to'] == ['ray'] * 20
    assert 'to_ray' not in poses.extras
    # The position is relative to the camera all the same.
    np.testing.assert_allclose(poses.extras['translation'], position, rtol=1e-3)


def test_heads_that_look_parallel_to_the_axis_all_have_angles_of_zero(frame):
    _, _, faces = heads(30, pose=[0, 0, 0])
    euler = (
        RectifiedMethod(RelativeToTheRay(), CAMERA, 'after').predict(frame, faces).euler
    )
    assert np.abs(euler).max() < 0.01
    seen = RelativeToTheRay().predict(replace(frame, camera=None), faces).euler
    assert np.abs(seen[:, 0]).max() > 25
    right = faces.boxes[:, 0] > 400
    assert (seen[right, 0] < 0).all()  # seen turned to the image's right


def test_the_box_gives_the_position_where_landmarks_are_not_known(frame):
    rotation, position, faces = heads(20)
    faces.landmarks = None

    class Exact(Method):
        def predict(self, frame, faces):  # noqa: ARG002
            return Poses.from_rotation(to_ray @ rotation, boxes=faces.boxes)

    centres = (faces.boxes[:, :2] + faces.boxes[:, 2:]) / 2
    to_ray = rotation_to_axis(CAMERA.rays(centres))
    poses = RectifiedMethod(Exact(), CAMERA, 'after').predict(frame, faces)
    np.testing.assert_allclose(poses.extras['translation'], position, rtol=1e-3)
    faces.kind = 'crop'  # whoever cut the crop knows how large the head is in it
    poses = RectifiedMethod(Exact(), CAMERA, 'after').predict(frame, faces)
    assert np.isnan(poses.extras['translation']).all() and poses.valid.all()


@pytest.mark.parametrize('way', ['before', 'after'])
def test_a_face_without_a_pose_has_no_position(frame, way):
    _, _, faces = heads(3)
    faces.landmarks[1] = np.nan
    poses = RectifiedMethod(ByLandmarks(), CAMERA, way).predict(frame, faces)
    assert poses.valid.tolist() == [True, False, True]
    assert np.isnan(poses.euler[1]).all()
    assert np.isnan(poses.extras['translation'][1]).all()
    assert np.isfinite(poses.extras['translation'][[0, 2]]).all()


@pytest.mark.parametrize('way', ['before', 'after'])
def test_batches_frames_without_faces_and_forgetting(frame, way):
    method = RectifiedMethod(ByLandmarks(), CAMERA, way)
    several = [heads(n, seed)[2] for seed, n in enumerate((3, 0, 1))]
    several[1].landmarks = np.zeros((0, 68, 2))
    together = method.predict_batch([frame] * 3, several)
    assert [len(poses) for poses in together] == [3, 0, 1]
    for faces, poses in zip(several, together, strict=True):
        alone = method.predict(frame, faces)
        np.testing.assert_array_equal(alone.euler, poses.euler)
        assert poses.extras['translation'].shape == (len(faces), 3)
        np.testing.assert_array_equal(poses.boxes, faces.boxes)
    method.reset([4])
    assert method.method.forgotten == [4]
    assert (method.name, method.weights_sha256) == ('by landmarks', 'abc')


def test_more_than_90_degrees_of_yaw_are_not_folded(frame):
    euler = np.array([[120.0, 10, 5], [-100, 0, 0]])

    class Turned(Method):
        def predict(self, frame, faces):  # noqa: ARG002
            return Poses.from_euler(euler, boxes=faces.boxes)

    _, _, faces = heads(2)
    poses = RectifiedMethod(Turned(), CAMERA, 'after').predict(frame, faces)
    np.testing.assert_allclose(poses.euler, euler, atol=45)
    expected = np.swapaxes(poses.extras['to_ray'], 1, 2) @ pose_to_matrix(euler)
    assert geodesic_distance(poses.rotation, expected).max() < 1e-6


@pytest.fixture(scope='module')
def network():
    return create_model('fsa_caps_1x1.synthetic', device='cpu')


def smooth_image():
    import cv2

    small = np.random.default_rng(2).integers(0, 256, (24, 32, 3), np.uint8)
    return cv2.resize(small, SIZE, interpolation=cv2.INTER_CUBIC)


def test_a_network_answers_the_same_on_the_axis(network):
    """At the principal point there is nothing to rectify; the original code gave NaN."""
    image = smooth_image()[:479, :639]
    camera = Camera(500, 500, 319, 239)
    frame, faces = Frame(image), Faces([[280, 190, 358, 288]], 'landmarks68')
    plain = network.predict(frame, faces)
    for way in ('before', 'after'):
        poses = RectifiedMethod(network, camera, way).predict(frame, faces)
        np.testing.assert_allclose(poses.euler, plain.euler, atol=1e-4)
        assert poses.extras['crop_box'] == plain.extras['crop_box']
        assert (poses.extras['crop'][0] == plain.extras['crop'][0]).all()


def test_the_crop_box_is_where_the_network_looked(network):
    frame, faces = Frame(smooth_image()), Faces([[500, 330, 580, 420]], 'landmarks68')
    method = RectifiedMethod(network, CAMERA)
    (rectified,) = method.predict(frame, faces).extras['crop_box']
    (plain,) = network.predict(frame, faces).extras['crop_box']
    assert all(isinstance(value, int) for value in rectified)
    np.testing.assert_allclose(rectified, plain, atol=60)
    middle = np.array(rectified).reshape(2, 2).mean(0)
    np.testing.assert_allclose(middle, [540, 375], atol=25)  # the far side stretches


@pytest.mark.parametrize('way', ['before', 'after'])
def test_faces_at_the_edge_and_beyond(network, way):
    frame = Frame(smooth_image())
    boxes = [
        [-40, -30, 40, 60],
        [600, 440, 680, 530],
        [-900, 0, -820, 90],
        [0, 0, 2, 2],
    ]
    poses = RectifiedMethod(network, 100, way).predict(frame, Faces(boxes, 'visible'))
    assert poses.valid.tolist() == [True, True, False, True]
    assert poses.extras['crop'][2] is None and poses.extras['crop_box'][2] is None
    assert np.isnan(poses.extras['translation'][2]).all()
    assert (poses.extras['translation'][[0, 1, 3], 2] > 0).all()


def test_ensembles_are_rectified_as_one(network):
    frame, faces = Frame(smooth_image()), Faces([[500, 330, 580, 420]], 'landmarks68')
    alone = RectifiedMethod(network, 90).predict(frame, faces)
    pair = RectifiedMethod(EnsembleMethod([network, network]), 90).predict(frame, faces)
    np.testing.assert_allclose(pair.rotation, alone.rotation, atol=1e-6)


def test_without_a_camera_nothing_changes(network):
    image, boxes = smooth_image(), [[500, 330, 580, 420], [20, 30, 90, 110]]
    poses = HeadPosePredictor(network)(image, boxes)
    plain = network.predict(Frame(image), Faces(boxes, 'landmarks68'))
    np.testing.assert_array_equal(poses.euler, plain.euler)
    np.testing.assert_array_equal(poses.rotation, plain.rotation)
    assert set(poses.extras) == {'crop', 'crop_box', 'turned'}
    framed = HeadPosePredictor(network)(Frame(image, camera=CAMERA), boxes)
    np.testing.assert_array_equal(framed.euler, plain.euler)


def test_the_predictor_takes_a_camera_in_any_form(network, tmp_path):
    image, boxes = smooth_image(), [[500, 330, 580, 420]]
    path = tmp_path / 'camera.json'
    path.write_text('{"fx": 320, "fy": 320, "cx": 319.5, "cy": 239.5}')
    forms = (90, CAMERA, CAMERA.matrix, str(path))
    answers = [HeadPosePredictor(network, camera=form)(image, boxes) for form in forms]
    for answer in answers[1:]:
        np.testing.assert_array_equal(answer.rotation, answers[0].rotation)
    own = Frame(image, camera=Camera(900, 900, 300, 200))  # the frame's own counts more
    assert (
        HeadPosePredictor(network, camera=90)(own, boxes).euler != answers[0].euler
    ).any()
    np.testing.assert_allclose(
        matrix_to_pose(answers[0].rotation), answers[0].euler, atol=1e-6
    )


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        (dict(camera=90, rectify='during'), "rectify must be one of .* got 'during'"),
        (dict(camera=90, relative_to='sun'), "relative_to must be one of .* got 'sun'"),
        (dict(camera=0), 'between 0 and 180 degrees'),
        (dict(camera=np.eye(2)), r'must be \(3, 3\)'),
    ],
)
def test_settings_that_do_not_exist(network, arguments, message):
    with pytest.raises(ValueError, match=message):
        HeadPosePredictor(network, **arguments)


def test_a_picture_of_another_size_than_the_cameras(network):
    camera = Camera(500, 500, 320, 240, (1280, 720))
    predictor = HeadPosePredictor(network, camera=camera)
    with pytest.raises(ValueError, match='1280x720 pixels, the picture has 640x480'):
        predictor(smooth_image(), [[500, 330, 580, 420]])
