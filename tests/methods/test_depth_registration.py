"""The mean head laid on real and on made-up depth maps."""

import numpy as np
import pytest

from mmfsa import HeadPosePredictor, create_model
from mmfsa.methods import DepthRegistration
from mmfsa.models.registration import cost_of, load_surface, register
from mmfsa.structures import (
    Camera,
    Faces,
    Frame,
    geodesic_distance,
    pose_to_matrix,
    rotation_to_axis,
)

KINECT = Camera(575.816, 575.816, 320, 240, (640, 480))


@pytest.fixture(scope='module')
def method():
    return create_model('depth_registration')


def splat(rotation, place, camera=KINECT, size=(640, 480)):
    """The depth map of the mean head's points: each is a disc of 9 mm."""
    surface = load_surface()
    points = surface.points @ rotation.T + place
    facing = -np.sum(surface.normals @ rotation.T * points, axis=1) > 0
    depth = np.zeros(size[::-1], np.uint16)
    reach = int(np.ceil(4.5 / place[2] * camera.fx))
    for point in sorted(points[facing], key=lambda p: -p[2]):
        x, y = np.rint(camera.project(point)).astype(int)
        depth[y - reach : y + reach + 1, x - reach : x + reach + 1] = round(point[2])
    return depth


def frame(depth, camera=KINECT):
    return Frame(np.zeros((*depth.shape, 3), np.uint8), depth=depth, camera=camera)


def box_of(place, camera=KINECT):
    x, y = camera.project(place)
    half = 65 / place[2] * camera.fx
    return Faces([[x - half, y - half, x + half, y + half]], 'landmarks68')


@pytest.mark.parametrize(('number', 'most'), [(100, 5), (200, 5), (300, 10)])
def test_real_frames(method, real_depth, number, most):
    given, centre, rotation = real_depth(number)
    face = np.array(centre) + rotation @ [0, 0, -55]
    near = method.predict(given, box_of(face))
    whole = HeadPosePredictor(method)(given)
    for poses in (near, whole):
        assert geodesic_distance(poses.rotation[0], rotation) < most
        # The middle of the landmarks is before the head's centre.
        assert np.linalg.norm(poses.extras['translation'][0] - centre) < 35
        assert poses.extras['coverage'][0] > 0.85 and poses.extras['rms'][0] < 4


@pytest.mark.parametrize(
    'pose', [(0, 0, 0), (45, -10, 5), (-35, 25, -15), (10, -35, 0)]
)
def test_the_pose_of_a_head_that_is_the_model(method, pose):
    place = np.array([120.0, -60, 900])
    rotation = rotation_to_axis(place).T @ pose_to_matrix(pose)
    poses = method.predict(frame(splat(rotation, place)), box_of(place))
    assert geodesic_distance(poses.rotation[0], rotation) < 3
    np.testing.assert_allclose(poses.extras['translation'][0], place, atol=5)


def test_what_is_no_head_has_no_pose(method):
    wall = np.full((480, 640), 1000, np.uint16)
    rows, columns = np.indices(wall.shape)
    slope = (800 + columns // 2).astype(np.uint16)
    ball = wall.copy()
    ball[np.hypot(rows - 240, columns - 320) < 60] = 700
    holes = np.zeros_like(wall)
    for depth in (wall, slope, holes):
        for faces in (box_of([0.0, 0, 1000]), Faces([[0, 0, 640, 480]], 'crop')):
            assert not method.predict(frame(depth), faces).valid.any()
    assert not method.predict(frame(ball), box_of([0.0, 0, 700])).valid.any()


def test_a_head_is_followed_from_frame_to_frame(monkeypatch):
    method = DepthRegistration()
    searches = []
    search = method._search
    monkeypatch.setattr(
        method, '_search', lambda *args: searches.append(1) or search(*args)
    )
    place = np.array([0.0, 0, 900])
    for i, yaw in enumerate((0, 8, 16, 24)):
        faces = box_of(place)
        faces.ids = np.array([7])
        rotation = pose_to_matrix([yaw, 5, 0])
        poses = method.predict(frame(splat(rotation, place)), faces)
        assert geodesic_distance(poses.rotation[0], rotation) < 3, i
    assert len(searches) == 1
    far = np.array([250.0, 0, 1200])  # where the last pose leads nowhere
    faces = box_of(far)
    faces.ids = np.array([7])
    poses = method.predict(frame(splat(rotation, far)), faces)
    assert geodesic_distance(poses.rotation[0], rotation) < 4 and len(searches) == 2
    method.reset([7])
    method.predict(frame(splat(rotation, far)), faces)
    assert len(searches) == 3
    gone = method.predict(frame(np.zeros((480, 640), np.uint16)), faces)
    assert not gone.valid.any()


def test_several_poses_at_once_are_each_alone():
    surface = load_surface()
    depth = splat(pose_to_matrix([10, 0, 0]), np.array([0, 0, 900])).astype(float)
    starts = pose_to_matrix([[0, 0, 0], [40, 0, 0], [-30, 20, 0]])
    places = np.tile([0.0, 0, 905], (3, 1))
    settings = dict(steps=6, gates=(40, 10))
    rotation, translation = register(surface, depth, KINECT, starts, places, **settings)
    fit = cost_of(surface, depth, KINECT, rotation, translation)
    for i in range(3):
        one = register(surface, depth, KINECT, starts[[i]], places[[i]], **settings)
        np.testing.assert_allclose(one[0][0], rotation[i], atol=1e-9)
        alone = cost_of(surface, depth, KINECT, *one)
        np.testing.assert_allclose(alone.cost[0], fit.cost[i])
    assert (fit.coverage > 0.9).all() and (fit.rms < 3).all()
    off = cost_of(surface, depth, KINECT, starts, places)
    assert (off.cost > 2 * fit.cost).all()  # where they began


def test_the_surface_is_the_rendered_heads(shared):
    pytest.importorskip('numba', reason='the synth extra is not installed')
    from mmfsa.synth.asset_file import load_head_asset
    from mmfsa.synth.surface import head_surface

    surface = load_surface()
    made = head_surface(load_head_asset())
    np.testing.assert_allclose(surface.points, made[:, :3], atol=0.006)
    np.testing.assert_allclose(surface.normals, made[:, 3:6], atol=0.001)
    assert (surface.face == made[:, 6]).all()
    outward = np.sum(surface.normals * (surface.points - [0, -20, 60]), axis=1) > 0
    assert outward.mean() > 0.97
    np.testing.assert_allclose(np.linalg.norm(surface.normals, axis=1), 1, atol=0.002)
