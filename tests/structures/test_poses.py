"""Poses: rotation and angles agree, and a failure is a failure, not a number."""

import numpy as np

from mmfsa.structures import Poses, geodesic_distance, pose_to_matrix

EULER = np.array([[30.0, -10, 5], [-50, 20, 0]])


def test_angles_and_rotations_are_the_same_poses():
    by_angles = Poses.from_euler(EULER)
    by_matrix = Poses.from_rotation(pose_to_matrix(EULER))
    np.testing.assert_allclose(by_angles.rotation, by_matrix.rotation, atol=1e-12)
    np.testing.assert_allclose(by_matrix.euler, EULER, atol=1e-9)
    assert by_angles.valid.all() and len(by_angles) == 2


def test_a_pose_that_is_no_number_is_not_valid():
    euler = EULER.copy()
    euler[1, 2] = np.inf
    poses = Poses.from_euler(euler)
    assert poses.valid.tolist() == [True, False]
    assert np.isnan(poses.euler[1]).all() and np.isnan(poses.rotation[1]).all()


def test_a_network_says_where_it_fails_and_how_unsure_it_is():
    outputs = dict(
        pose=EULER,
        valid=np.array([False, True]),
        spread=np.array([9.0, 1]),
        mouth=[1, 2],
    )
    poses = Poses.from_outputs(outputs)
    assert poses.valid.tolist() == [False, True]
    assert poses.spread.tolist() == [9, 1]
    assert poses.extras == dict(mouth=[1, 2])


def test_the_methods_own_angles_are_kept_beside_its_rotation():
    """Published errors are those of the numbers that a method says."""
    other = EULER + np.array([0, 0, 360])
    poses = Poses.from_outputs(dict(pose=other, rotation=pose_to_matrix(EULER)))
    assert (poses.euler == other).all()
    assert geodesic_distance(poses.rotation, pose_to_matrix(EULER)).max() < 1e-9


def test_parts_are_joined():
    one, two = (
        Poses.from_euler(
            np.full((n, 3), float(n)),
            boxes=np.full((n, 4), n),
            extras=dict(crop=['a'] * n, translation=np.full((n, 3), n)),
        )
        for n in (1, 2)
    )
    both = Poses.join([one, two])
    assert both.euler[:, 0].tolist() == [1, 2, 2] and both.boxes.shape == (3, 4)
    assert both.spread is None and both.valid.all()
    assert both.extras['crop'] == ['a'] * 3
    assert both.extras['translation'][:, 0].tolist() == [1, 2, 2]
