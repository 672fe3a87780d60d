"""Each face has a neutral pose of its own."""

import numpy as np

from mmfsa.tracking import NeutralPose


def test_faces_have_their_own_beginning():
    neutral = NeutralPose(0.5)
    for i in range(20):
        first = neutral(i / 10, 1, [10 + i, 0, 0])
        if i >= 5:
            other = neutral(i / 10, 2, [-30 + i, 5, 0])
    np.testing.assert_allclose(first, [12.5, 0, 0])
    np.testing.assert_allclose(other, [-22.5, 5, 0])


def test_angles_around_180_have_their_mean():
    neutral = NeutralPose(1)
    neutral(0, 1, [0, 0, 175])
    assert abs(neutral(1, 1, [0, 0, -175])[2]) == 180
