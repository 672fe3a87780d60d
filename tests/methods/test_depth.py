"""A depth method sees a face's part of the depth map, and refuses what is no depth."""

import numpy as np
import pytest

from mmfsa import HeadPosePredictor
from mmfsa.inputs import InputSpec
from mmfsa.inputs.depth import points_of
from mmfsa.methods import DepthMethod, RectifiedMethod
from mmfsa.methods.depth import Head
from mmfsa.structures import (
    Camera,
    Faces,
    Frame,
    geodesic_distance,
    pose_to_matrix,
    rotation_to_axis,
)

SPEC = InputSpec(modality='depth', crop=dict(box='landmarks68', pad=0, scale=2))
CAMERA = Camera(500, 500, 79.5, 59.5)
POSE = [20.0, -10.0, 5.0]


class Nearest(DepthMethod):
    """Finds a head where the depth is smallest."""

    numbers = ('pixels',)

    def find(self, depth, camera, middle, number):  # noqa: ARG002
        self.seen = depth
        row, column = np.unravel_index(
            np.where(depth, depth, 9999).argmin(), depth.shape
        )
        (place,) = points_of(depth, camera, np.array([[column, row]]))
        return Head(pose_to_matrix(POSE), place, 3.0, dict(pixels=(depth > 0).sum()))


def frame(**changes):
    """A wall at 2 m, before it a square at 0.8 m around a bump."""
    depth = np.full((120, 160), 2000, np.uint16)
    depth[40:80, 60:100] = 800
    depth[60, 90] = 700
    image = np.zeros((120, 160, 3), np.uint8)
    return Frame(
        **{**dict(image=image, depth=depth, camera=CAMERA, name='f'), **changes}
    )


@pytest.fixture
def method():
    return Nearest(SPEC, 300, 'nearest')


BOX = Faces([[60, 40, 100, 80]], 'landmarks68')


def test_only_what_is_near_the_face_is_seen(method):
    poses = method.predict(frame(), BOX)
    assert poses.extras['pixels'] == [40 * 40] and (method.seen > 0).sum() == 1600
    place = np.array([(90 - 79.5) / 500, (60 - 59.5) / 500, 1]) * 700
    np.testing.assert_allclose(poses.extras['translation'], [place])
    np.testing.assert_allclose(poses.euler, [POSE], atol=1e-6)
    assert poses.spread == [3.0] and poses.extras['relative_to'] == ['camera']
    method.reach = None
    assert method.predict(frame(), BOX).extras['pixels'] == [80 * 80]


def test_a_whole_picture_says_nothing_about_where_the_face_is(method):
    poses = method.predict(frame(), Faces([[0, 0, 160, 120]], 'crop'))
    assert poses.extras['pixels'][0] > 1600


def test_no_depth_no_pose(method):
    holes = frame(depth=np.zeros((120, 160), np.uint16))
    assert method.predict(holes, BOX).valid.tolist() == [False]
    outside = Faces([[900, 10, 950, 60], [60, 40, 100, 80]], 'landmarks68')
    assert method.predict(frame(), outside).valid.tolist() == [False, True]
    assert len(method.predict(frame(), Faces([], 'landmarks68'))) == 0
    beside = frame()
    beside.depth[44:76, 64:96] = 0  # the face itself was not measured
    poses = method.predict(beside, BOX)
    assert poses.valid.tolist() == [False] and np.isnan(poses.extras['pixels']).all()


def test_floats_with_gaps_are_millimetres_too(method):
    depth = frame().depth.astype(np.float32)
    depth[0, 0], depth[41, 61], depth[42, 62] = np.inf, np.nan, -5
    assert method.predict(frame(depth=depth), BOX).extras['pixels'] == [1598]


@pytest.mark.parametrize(
    ('changes', 'message'),
    [
        (dict(depth=None), 'f: nearest sees depth: give a depth map'),
        (dict(camera=None), 'f: nearest needs the intrinsics'),
        (dict(depth=frame().depth / 1000), 'f: no depth is above 2, .* metres'),
        (dict(depth=frame().depth // 1000), 'f: no depth is above 2, .* metres'),
        (dict(depth=frame().depth[::2]), '160x60 pixels, and the image 160x120: align'),
        (dict(depth=frame().image), r'depth map is \(H, W\) in millimetres'),
        (dict(camera=Camera(5, 5, 1, 1, (640, 480))), 'pictures of 640x480'),
    ],
)
def test_what_is_no_depth_is_refused(method, changes, message):
    with pytest.raises(ValueError, match=message):
        method.predict(frame(**changes), BOX)


def test_the_predictor_hands_the_camera_on(method):
    given = frame(camera=None)
    expected = method.predict(frame(), BOX)
    for rectify in ('before', 'after'):
        predictor = HeadPosePredictor(method, camera=CAMERA, rectify=rectify)
        poses = predictor(given, boxes=BOX.boxes)
        np.testing.assert_allclose(poses.euler, expected.euler, atol=1e-4)
        for name in ('translation', 'pixels'):
            np.testing.assert_allclose(poses.extras[name], expected.extras[name])
        assert poses.extras['to_ray'].shape == (1, 3, 3) and poses.spread == [3]


def test_relative_to_the_ray(method):
    side = Faces([[70, 40, 110, 80]], 'landmarks68')
    (poses,) = RectifiedMethod(method, CAMERA, relative_to='ray').predict_batch(
        [frame()], [side]
    )
    ray = rotation_to_axis(CAMERA.rays([90, 60]))
    assert geodesic_distance(poses.rotation[0], ray @ pose_to_matrix(POSE)) < 1e-4
    assert poses.extras['relative_to'] == ['ray']
