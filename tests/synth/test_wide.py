"""Heads in a wide picture: labels, places and the mean head of the positions."""

import numpy as np
import pytest

from mmfsa.methods.position import MEAN_HEAD, position_from_box, position_from_landmarks
from mmfsa.structures import Camera
from mmfsa.synth.wide import shoot_wide

CAMERA = Camera.from_fov(90, (320, 240))


@pytest.fixture(scope='module')
def shots(renderer):
    return [shoot_wide(renderer, CAMERA, 3, i) for i in range(4)]


def test_the_labels_are_exact(shots):
    """The landmarks lie where the labels and the camera put the mean head's, about."""
    for shot in shots:
        points = MEAN_HEAD.xyz @ shot.rotation.T + shot.position
        expected = CAMERA.project(points)
        size = np.ptp(shot.landmarks, axis=0).max()
        error = np.linalg.norm(shot.landmarks - expected, axis=1)
        assert np.median(error) < 0.08 * size  # people and expressions differ
        assert (shot.landmarks >= 0).all() and (shot.landmarks <= [319, 239]).all()
        assert shot.image.shape == (240, 320, 3) and shot.image.dtype == np.uint8


def test_the_head_is_where_its_landmarks_are(shots, renderer):
    """A pixel of the head differs from what is seen where no head is."""
    again = shoot_wide(renderer, CAMERA, 3, 0)
    assert (again.image == shots[0].image).all()
    x1, y1, x2, y2 = shots[0].box.astype(int)
    face = shots[0].image[y1:y2, x1:x2].astype(float)
    assert face.std() > 5


def test_positions(shots):
    for shot in shots:
        for found in (
            position_from_box(shot.box[None], shot.rotation[None], CAMERA)[0],
            position_from_landmarks(shot.landmarks[None], CAMERA)[0],
        ):
            assert abs(found[2] / shot.position[2] - 1) < 0.15
            assert np.linalg.norm(found - shot.position) < 0.2 * shot.position[2]


def test_the_mean_head_is_the_renderers(asset):
    points = 100 * asset.mean[asset.landmarks]
    np.testing.assert_allclose(MEAN_HEAD.xyz, points, atol=0.01)
    assert np.ptp(points[:, 0]) == pytest.approx(133.7, abs=0.05)
