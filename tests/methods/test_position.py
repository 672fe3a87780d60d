"""Positions: exact for the mean head, and NaN where nothing is known."""

import numpy as np
import pytest

from mmfsa.methods.position import MEAN_HEAD, position_from_box, position_from_landmarks
from mmfsa.structures import Camera, pose_to_matrix

CAMERA = Camera(500, 520, 330, 235)


@pytest.fixture(scope='module')
def heads():
    """Rotations, positions, landmarks and boxes of mean heads anywhere in a picture."""
    rng = np.random.default_rng(0)
    rotation = pose_to_matrix(rng.uniform(-70, 70, (200, 3)))
    depth = rng.uniform(250, 3000, (200, 1))
    aside = rng.uniform([-0.8, -0.6], [0.8, 0.6], (200, 2))
    position = np.hstack([aside * depth, depth])
    points = MEAN_HEAD.xyz @ rotation.swapaxes(1, 2) + position[:, None]
    landmarks = CAMERA.project(points)
    boxes = np.concatenate([landmarks.min(1), landmarks.max(1)], axis=1)
    return rotation, position, landmarks, boxes


def test_of_the_mean_head_the_box_says_all(heads):
    rotation, position, _, boxes = heads
    found = position_from_box(boxes, rotation, CAMERA)
    np.testing.assert_allclose(found, position, atol=0.01)


def test_of_the_mean_head_the_landmarks_say_all(heads):
    _, position, landmarks, _ = heads
    found = position_from_landmarks(landmarks, CAMERA)
    np.testing.assert_allclose(found, position, atol=0.01)


def test_a_larger_head_seems_nearer(heads):
    rotation, position, _, _ = heads
    points = 1.05 * MEAN_HEAD.xyz @ rotation.swapaxes(1, 2) + position[:, None]
    pixels = CAMERA.project(points)
    boxes = np.concatenate([pixels.min(1), pixels.max(1)], axis=1)
    found = position_from_box(boxes, rotation, CAMERA)
    np.testing.assert_allclose(found * 1.05, position, rtol=1e-4)


def test_what_is_not_known(heads):
    rotation, position, landmarks, boxes = heads
    rotation, landmarks = rotation[:3].copy(), landmarks[:3].copy()
    rotation[1] = np.nan
    found = position_from_box(boxes[:3], rotation, CAMERA)
    assert np.isnan(found[1]).all() and np.isfinite(found[[0, 2]]).all()
    landmarks[1], landmarks[2, 10:40] = np.nan, np.nan
    found = position_from_landmarks(landmarks, CAMERA)
    assert np.isnan(found[1]).all()
    np.testing.assert_allclose(found[2], position[2], atol=0.05)
    assert position_from_box(boxes[:0], rotation[:0], CAMERA).shape == (0, 3)
    assert position_from_landmarks(landmarks[:0], CAMERA).shape == (0, 3)
