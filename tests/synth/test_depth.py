"""Depth maps of rendered heads: they fit the labels; the noise is the Kinect's."""

import numpy as np
import pytest

from mmfsa.structures import Camera, pose_to_matrix
from mmfsa.synth.asset import Part
from mmfsa.synth.wide import shoot_wide

FOCAL = 575.816
CAMERA = Camera(FOCAL / 2, FOCAL / 2, 160, 120, (320, 240))


@pytest.fixture(scope='module')
def shot(renderer):
    return shoot_wide(renderer, CAMERA, 5, 1, (700, 900))


def test_the_depth_is_that_of_the_landmarks(renderer):
    """At the ridge of the nose, where nothing covers it, lies the landmarks' surface."""
    off = []
    for subject in range(8):
        sample = renderer(5, subject, 0, pose=[20, -10, 5])
        turned = 100 * sample.shape @ pose_to_matrix(sample.pose).T + sample.position
        x, y = np.rint(sample.landmarks[27:31]).astype(int).T
        plain = sample.mask[y, x] == Part.SKIN
        off += (sample.depth[y, x] - turned[27:31, 2])[plain].tolist()
    assert len(off) > 16 and np.median(np.abs(off)) < 1.5 and np.max(np.abs(off)) < 12


def test_there_is_depth_where_the_head_is(renderer, shot):
    sample = renderer(5, 2, 0)
    for one in (sample, shot):
        assert one.depth.dtype == np.float32
        agree = (one.depth > 0) == (one.mask != Part.BACKGROUND)
        assert agree.mean() > 0.98  # the mask has one of four samples of a pixel
        near = np.abs(one.depth[one.depth > 0] - one.position[2])
        assert np.percentile(near, 90) < 350


def test_points_of_the_map_are_where_the_head_is(shot):
    from mmfsa.inputs.depth import points_of

    x, y = np.rint(shot.landmarks[30]).astype(int)
    (tip,) = points_of(shot.depth, CAMERA, np.array([[x, y]]))
    nose = shot.rotation @ [0, 5, -45]  # about the mean head's
    assert np.linalg.norm(tip - shot.position - nose) < 40


def test_the_mean_of_a_surface_and_the_nearest_at_an_edge():
    from mmfsa.synth.depth import depth_map

    near = np.array([[0.1, 0.1002, 0.1, 0.2], [0.1001, 0.1, -1e9, -1e9]], np.float32)
    flat, edge = depth_map(near)[0]
    assert flat == pytest.approx(100 / 0.100075, abs=0.01) and edge == 500
    assert depth_map(np.full((2, 2), -1e9, np.float32)).tolist() == [[0]]


@pytest.mark.parametrize('distance', [600, 1200])
def test_the_error_grows_with_the_square_of_the_distance(distance):
    from mmfsa.synth.depth import BASELINE, STEPS, kinect

    flat = np.full((200, 200), distance, np.float32)
    found = kinect(flat, FOCAL, np.random.default_rng(0)).astype(float)
    step = distance**2 / (FOCAL * BASELINE * STEPS)
    assert (found > 0).mean() > 0.99
    assert 0.3 * step < np.std(found - distance) < 1.2 * step
    assert abs(np.mean(found - distance)) < step
    assert np.ptp(np.unique(found)[:2]) == pytest.approx(step, rel=0.5, abs=1)


def test_shadows_and_edges_are_holes():
    from mmfsa.synth.depth import in_shadow, is_steep, kinect

    wall = np.full((60, 100), 1500, np.float32)
    wall[20:40, 50:80] = 800  # something before it
    shadow = in_shadow(wall, FOCAL)
    width = FOCAL * 75 * (1 / 800 - 1 / 1500)
    assert not shadow[:20].any() and not shadow[20:40, 50:].any()
    assert shadow[30].sum() == pytest.approx(width, abs=1.5) and shadow[30, 49]
    steep = is_steep(wall, FOCAL)
    assert steep[30, [49, 50, 79, 80]].all() and not steep[30, 60]
    found = kinect(wall, FOCAL, np.random.default_rng(0))
    assert (found[shadow] == 0).all() and (found[5:15, 5:45] > 0).all()
    empty = kinect(np.zeros((9, 9), np.float32), FOCAL, np.random.default_rng(0))
    assert empty.dtype == np.uint16 and not empty.any()
