"""The head asset: symmetric, deformable, and fitted to points."""

import numpy as np
from scipy.spatial.transform import Rotation

from mmfsa.synth.asset import fit

# iBUG's landmarks in the mirror.
MIRRORED = [
    *range(16, -1, -1), *range(26, 16, -1), *range(27, 31), *range(35, 30, -1),
    *range(45, 41, -1), 47, 46, *range(39, 35, -1), 41, 40, *range(54, 47, -1),
    *range(59, 54, -1), *range(64, 59, -1), *range(67, 64, -1),
]  # fmt: skip


def test_landmarks_lie_symmetrically_on_the_mean_head(asset):
    points = asset.mean[asset.landmarks]
    assert np.allclose(points, points[MIRRORED] * [-1, 1, 1], atol=1e-5)
    assert np.allclose(points.mean(0), 0, atol=1e-5)
    nose, chin, left_eye = points[30], points[8], points[36]
    assert nose[2] == points[17:].min(0)[2]  # the front, towards the camera
    assert chin[1] == points.max(0)[1] > 0  # y points down
    assert left_eye[0] < 0  # at the image's left


def test_fit_recovers_scale_rotation_and_shift():
    rng = np.random.default_rng(0)
    points = rng.normal(size=(10, 3))
    rotation = Rotation.random(random_state=1).as_matrix()
    found = fit(points, 1.7 * points @ rotation.T + [1, 2, 3])
    for value, expected in zip(found, (1.7, rotation, [1, 2, 3]), strict=True):
        assert np.allclose(value, expected)


def test_a_closed_eye_moves_the_lids_and_nothing_else(asset):
    neutral = np.zeros(len(asset.names))
    closed = neutral.copy()
    closed[asset.columns(['eyeBlinkLeft', 'eyeBlinkRight'])] = 1
    moved = np.linalg.norm(asset.deform(closed) - asset.deform(neutral), axis=1)
    upper_lids, mouth = asset.landmarks[[37, 38, 43, 44]], asset.landmarks[48:]
    assert (moved[upper_lids] > 0.05).all()
    assert (moved[mouth] == 0).all()
