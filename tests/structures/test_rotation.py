import itertools

import numpy as np
import pytest
import torch
from scipy.io import loadmat
from scipy.spatial.transform import Rotation

from mmfsa.structures import (
    change_frame,
    closest_triple,
    geodesic_distance,
    maev,
    matrix_to_pose,
    matrix_to_quaternion,
    matrix_to_rotation_6d,
    matrix_to_rotation_vector,
    mirror_pose,
    nearest_rotation,
    pose_para_to_pose,
    pose_to_matrix,
    quaternion_to_matrix,
    rotate_pose_in_plane,
    rotation_6d_to_matrix,
    rotation_to_axis,
    rotation_vector_to_matrix,
    unfold_yaw,
    wrap_degrees,
    wrapped_difference,
)

KINDS = pytest.mark.parametrize('kind', [np.asarray, torch.from_numpy])

# Every function, of one argument, with the trailing shapes that it takes and returns.
FUNCTIONS = {
    'pose_to_matrix': (pose_to_matrix, (3,), (3, 3)),
    'matrix_to_pose': (matrix_to_pose, (3, 3), (3,)),
    'matrix_to_quaternion': (matrix_to_quaternion, (3, 3), (4,)),
    'quaternion_to_matrix': (quaternion_to_matrix, (4,), (3, 3)),
    'matrix_to_rotation_6d': (matrix_to_rotation_6d, (3, 3), (6,)),
    'rotation_6d_to_matrix': (rotation_6d_to_matrix, (6,), (3, 3)),
    'rotation_to_axis': (rotation_to_axis, (3,), (3, 3)),
    'rotation_vector_to_matrix': (rotation_vector_to_matrix, (3,), (3, 3)),
    'geodesic_distance': (lambda r: geodesic_distance(r, np.eye(3)), (3, 3), ()),
    'maev': (lambda r: maev(r, np.eye(3)), (3, 3), ()),
    'change_frame': (lambda r: change_frame(r, 'opal'), (3, 3), (3, 3)),
    'unfold_yaw': (unfold_yaw, (3,), (3,)),
    'closest_triple': (lambda p: closest_triple(p, [10, 20, 30]), (3,), (3,)),
    'mirror_pose': (mirror_pose, (3,), (3,)),
    'rotate_pose_in_plane': (lambda p: rotate_pose_in_plane(p, 20), (3,), (3,)),
    'wrapped_difference': (lambda p: wrapped_difference(p, [10, 20, 30]), (3,), (3,)),
}
ALL = pytest.mark.parametrize(
    ('function', 'takes', 'returns'), FUNCTIONS.values(), ids=FUNCTIONS
)


def random_poses(*shape):
    limits = np.array([90, 180, 180])
    return np.random.default_rng(0).uniform(-limits, limits, (*shape, 3))


def random_rotations(n):
    return Rotation.random(n, random_state=0)


def about(axis, degrees):
    angles = np.asarray(degrees)
    if len(axis) == 1 and angles.ndim:
        angles = angles[..., None]  # one axis each; scipy 1.18 asks for it
    return Rotation.from_euler(axis, angles, degrees=True).as_matrix()


@KINDS
def test_agrees_with_scipy(kind):
    poses = random_poses(200)
    yaw, pitch, roll = poses.T
    rotations = Rotation.from_euler(
        'XYZ', np.stack([-pitch, yaw, roll], axis=1), degrees=True
    )
    matrices = kind(rotations.as_matrix())
    quaternions = rotations.as_quat()

    np.testing.assert_allclose(pose_to_matrix(kind(poses)), matrices, atol=1e-12)
    np.testing.assert_allclose(matrix_to_pose(matrices), poses, atol=1e-9)
    np.testing.assert_allclose(
        matrix_to_quaternion(matrices),
        quaternions * np.sign(quaternions[:, 3:]),
        atol=1e-12,
    )
    np.testing.assert_allclose(
        quaternion_to_matrix(kind(3 * quaternions)), matrices, atol=1e-12
    )


@KINDS
def test_distance_agrees_with_scipy(kind):
    a, b = random_rotations(400)[:200], random_rotations(400)[200:]
    distance = geodesic_distance(kind(a.as_matrix()), kind(b.as_matrix()))
    expected = np.degrees((a.inv() * b).magnitude())
    np.testing.assert_allclose(distance, expected, atol=1e-9)


@pytest.mark.parametrize(
    ('inverse', 'function'),
    [
        (pose_to_matrix, matrix_to_pose),
        (quaternion_to_matrix, matrix_to_quaternion),
        (rotation_6d_to_matrix, matrix_to_rotation_6d),
    ],
)
def test_round_trip(function, inverse):
    # The quarter and half turns have zeros and signs to stumble over, and gimbal lock.
    turns = Rotation.create_group('O')
    rotations = Rotation.concatenate([random_rotations(200), turns])
    matrices = torch.from_numpy(rotations.as_matrix())
    torch.testing.assert_close(inverse(function(matrices)), matrices)


def test_6d_is_the_first_two_columns():
    matrix = np.arange(9).reshape(3, 3)
    np.testing.assert_array_equal(matrix_to_rotation_6d(matrix), [0, 3, 6, 1, 4, 7])


def test_6d_is_orthonormalised():
    matrices = rotation_6d_to_matrix(np.random.default_rng(0).normal(size=(50, 6)))
    products = matrices @ matrices.swapaxes(-1, -2)
    np.testing.assert_allclose(
        products, np.broadcast_to(np.eye(3), products.shape), atol=1e-9
    )
    np.testing.assert_allclose(np.linalg.det(matrices), 1)


@pytest.mark.parametrize('shape', [(), (0,), (5,), (2, 0), (2, 3)])
@KINDS
@ALL
def test_leading_shapes(function, takes, returns, kind, shape):
    result = function(kind(np.ones((*shape, *takes))))
    assert isinstance(result, type(kind(np.ones(1))))
    assert tuple(result.shape) == (*shape, *returns)


@KINDS
@ALL
def test_wrong_shape_is_named(function, takes, returns, kind):
    with pytest.raises(ValueError, match=r'must end in .*got \(7, .*2\)'):
        function(kind(np.ones((7, *takes[1:], 2))))


def test_tensors_keep_their_dtype():
    assert pose_to_matrix(torch.ones(3)).dtype == torch.float32
    assert rotate_pose_in_plane(torch.ones(3), 30).dtype == torch.float32
    assert pose_to_matrix(np.ones(3, np.float32)).dtype == np.float64


@pytest.mark.parametrize('dtype', [torch.float32, torch.float64])
@pytest.mark.parametrize('yaw', [90, -90, 89.9999, -90.0001])
def test_gimbal_lock(yaw, dtype):
    matrix = pose_to_matrix(torch.tensor([yaw, 20, 50], dtype=dtype)).requires_grad_()
    pose = matrix_to_pose(matrix)
    pose.sum().backward()
    assert pose.isfinite().all()
    assert matrix.grad.isfinite().all()
    assert geodesic_distance(pose_to_matrix(pose), matrix) < 1e-4


@pytest.mark.parametrize('dtype', [torch.float32, torch.float64])
@pytest.mark.parametrize('angle', [0, 1e-3, 0.1, 45, 90, 179.9, 179.999, 180], ids=str)
def test_distance_is_exact_everywhere(angle, dtype):
    rotations = random_rotations(100)
    axes = random_rotations(100).apply([0, 0, 1])
    turned = Rotation.from_rotvec(axes * np.radians(angle)) * rotations
    a = torch.from_numpy(rotations.as_matrix()).to(dtype).requires_grad_()
    b = torch.from_numpy(turned.as_matrix()).to(dtype).requires_grad_()

    distance = geodesic_distance(a, b)
    distance.sum().backward()
    assert a.grad.isfinite().all()
    assert b.grad.isfinite().all()
    tolerance = 5e-5 if dtype == torch.float32 else 1e-9
    assert (distance - angle).abs().max() < tolerance


@pytest.mark.parametrize('function', [geodesic_distance, maev])
@pytest.mark.parametrize(
    'matrix', [torch.eye(3), torch.diag(torch.tensor([1.0, -1, -1]))]
)
def test_errors_of_exact_matrices_have_finite_gradients(function, matrix):
    matrix = matrix.clone().requires_grad_()
    function(matrix, torch.eye(3)).backward()
    assert matrix.grad.isfinite().all()


def test_maev_is_the_mean_angle_of_the_axes():
    a, b = (random_rotations(40).as_matrix()[i] for i in (slice(20), slice(20, None)))
    cosines = np.einsum('nij,nij->nj', a, b)
    expected = np.degrees(np.arccos(cosines)).mean(1)
    np.testing.assert_allclose(maev(a, b), expected)


def test_signs():
    """The face's forward, up and left (its own right ear's) directions in the image."""
    forward, up = [0, 0, -1], [0, -1, 0]
    assert (pose_to_matrix([30, 0, 0]) @ forward)[0] < 0  # turns to the image's left
    assert (pose_to_matrix([0, 30, 0]) @ forward)[1] < 0  # looks up
    assert (pose_to_matrix([0, 0, 30]) @ up)[0] > 0  # its top tips right: clockwise


def test_unfolded_yaw_is_the_same_rotation_with_the_smaller_pitch():
    pose = np.random.default_rng(0).uniform(-180, 180, (1000, 3))
    unfolded = unfold_yaw(pose)
    assert (np.abs(unfolded) <= [180, 90, 180]).all()
    np.testing.assert_allclose(
        pose_to_matrix(unfolded), pose_to_matrix(pose), atol=1e-9
    )
    small = pose[np.abs(pose[:, 1]) <= 90]
    np.testing.assert_array_equal(unfold_yaw(small), small)


def test_closest_triple_is_the_same_rotation_near_the_reference():
    pose = np.random.default_rng(0).uniform(-180, 180, (1000, 3))
    folded = matrix_to_pose(pose_to_matrix(pose))
    assert np.abs(folded - pose).max() > 100
    np.testing.assert_allclose(closest_triple(folded, pose), pose, atol=1e-9)
    np.testing.assert_allclose(closest_triple(folded, pose + 360), pose, atol=1e-9)


def test_mirror_law():
    poses, mirror = random_poses(50), np.diag([-1, 1, 1])
    expected = mirror @ pose_to_matrix(poses) @ mirror
    np.testing.assert_allclose(pose_to_matrix(mirror_pose(poses)), expected, atol=1e-12)


def test_in_plane_law():
    poses, angles = random_poses(50), np.linspace(-170, 170, 50)
    expected = about('Z', angles) @ pose_to_matrix(poses)
    turned = pose_to_matrix(rotate_pose_in_plane(poses, angles))
    np.testing.assert_allclose(turned, expected, atol=1e-12)


@pytest.mark.parametrize('yaw', [-98, -60, 0, 85, 95])
def test_a_small_turn_changes_a_pose_little(yaw):
    pose = np.array([yaw, 10, -5])
    assert np.abs(rotate_pose_in_plane(pose, 0.01) - pose).max() < 0.2


def test_a_turn_beyond_180_degrees_is_wrapped():
    turned = rotate_pose_in_plane(np.array([0, 0, 175]), 10)
    np.testing.assert_allclose(turned, [0, 0, -175], atol=1e-9)


@pytest.mark.parametrize('yaw', [30, 45, 60])
def test_adding_to_the_roll_is_not_a_turn_of_the_image(yaw):
    added = pose_to_matrix([yaw, 0, 30])
    turned = pose_to_matrix(rotate_pose_in_plane([yaw, 0, 0], 30))
    assert 15 < geodesic_distance(added, turned) < 31


@KINDS
def test_wrapped_degrees_are_the_same_angle_within_180(kind):
    angles = np.random.default_rng(0).uniform(-900, 900, (20, 5))
    wrapped = wrap_degrees(kind(angles))
    assert wrapped.min() >= -180 and wrapped.max() < 180
    turns = (np.asarray(wrapped) - angles) / 360
    np.testing.assert_allclose(turns, turns.round(), atol=1e-9)


def test_wrapped_difference_charges_nothing_for_equal_rotations():
    poses = random_poses(50)
    equivalents = 180 + poses * [-1, 1, 1]
    np.testing.assert_allclose(
        pose_to_matrix(equivalents), pose_to_matrix(poses), atol=1e-12
    )
    turns = np.array([360, -360, 720])
    for same in (poses + turns, equivalents, equivalents - 360):
        np.testing.assert_allclose(wrapped_difference(same, poses), 0, atol=1e-9)
        np.testing.assert_allclose(wrapped_difference(poses, same), 0, atol=1e-9)


def test_wrapped_difference_is_the_plain_one_for_near_poses():
    poses = random_poses(50) / 3
    differences = np.random.default_rng(1).uniform(-20, 20, (50, 3))
    np.testing.assert_allclose(
        wrapped_difference(poses + differences, poses), abs(differences)
    )


@ALL
def test_gradients(function, takes, returns):
    values = {
        (3,): random_poses(4) / 2,
        (3, 3): random_rotations(4).as_matrix(),
        (4,): random_rotations(4).as_quat(),
        (6,): np.random.default_rng(0).normal(size=(4, 6)),
    }[takes]
    assert torch.autograd.gradcheck(function, torch.from_numpy(values).requires_grad_())


def test_traceable(recwarn):
    def pose_of(rotation_6d):
        return matrix_to_pose(rotation_6d_to_matrix(rotation_6d))

    generator = torch.Generator().manual_seed(0)
    few, many = (
        torch.randn(2, 6, generator=generator),
        torch.randn(9, 6, generator=generator),
    )
    traced = torch.jit.trace(pose_of, few)
    torch.testing.assert_close(traced(many), pose_of(many))
    assert not [w for w in recwarn if w.category is torch.jit.TracerWarning]


def test_biwi_matrices_are_in_the_internal_frame(shared):
    paths = sorted(shared.glob('data/biwi/hpdb/*/frame_*_pose.txt'))
    assert paths
    for path in paths:
        matrix = np.loadtxt(path, max_rows=3)
        r = matrix.T
        expected = [
            -np.arctan2(-r[2, 0], np.hypot(r[2, 1], r[2, 2])),
            np.arctan2(r[2, 1], r[2, 2]),
            -np.arctan2(r[1, 0], r[0, 0]),
        ]
        np.testing.assert_allclose(
            matrix_to_pose(matrix), np.degrees(expected), atol=1e-3
        )


def test_convention_fits_aflw2000(shared):
    """Undoing the labelled poses leaves alike heads, with this axis order only."""
    paths = sorted(shared.glob('data/AFLW2000/*.mat'))[:100]
    mats = [loadmat(path, variable_names=['Pose_Para', 'pt3d_68']) for path in paths]
    poses = pose_para_to_pose(np.concatenate([mat['Pose_Para'] for mat in mats]))
    heads = np.stack([mat['pt3d_68'].T for mat in mats]) * [1, 1, -1]
    heads -= heads.mean(1, keepdims=True)
    heads /= np.linalg.norm(heads, axis=(1, 2), keepdims=True)

    def spread(matrices):
        upright = heads @ matrices  # each row times R: the inverse of R on the column
        return np.linalg.norm(upright - upright.mean(0), axis=(1, 2)).mean()

    yaw, pitch, roll = poses.T
    angles = {'X': -pitch, 'Y': yaw, 'Z': roll}
    others = {
        order: spread(about(order, np.stack([angles[axis] for axis in order], axis=1)))
        for order in map(''.join, itertools.permutations('XYZ'))
        if order != 'XYZ'
    }
    assert spread(pose_to_matrix(poses)) < 0.09
    assert min(others.values()) > 0.15, others


@pytest.fixture(scope='module')
def units(shared):
    return np.load(shared / 'reference/rivals/golden/units_rotation.npz')


def test_frames_of_other_projects(units):
    """6DRepNet's matrix of a head; OPAL's is transposed again after its network."""
    rotation = units['project_R64']
    theirs = {
        '6drepnet': units['sixd_label_R64'],
        'opal': units['opal_M64'].transpose(0, 2, 1),
    }
    for frame, expected in theirs.items():
        np.testing.assert_allclose(change_frame(rotation, frame), expected, atol=1e-12)
        np.testing.assert_allclose(change_frame(expected, frame), rotation, atol=1e-12)
    with pytest.raises(KeyError, match='3ddfa'):
        change_frame(rotation, '3ddfa')


def test_6d_as_6drepnet_and_opal_compute_it(units):
    for name in ('d6_to_R64', 'd6_to_R_yakhyo64', 'd6_to_R_opal64'):
        found, expected = rotation_6d_to_matrix(units['d6_in64']), units[name]
        # Two parallel vectors, or a zero, leave no rotation: each code has its own.
        whole = np.isclose(np.linalg.det(expected), 1) & np.isclose(
            np.linalg.det(found), 1
        )
        assert whole.sum() >= 20
        np.testing.assert_allclose(found[whole], expected[whole], atol=1e-6)


@pytest.mark.parametrize('noise', [0.01, 0.3, 3.0])
def test_the_nearest_rotation_is_that_of_an_svd(noise):
    """Also where the matrix is closer to a reflection than to a rotation."""
    random = torch.Generator().manual_seed(0)
    matrix = pose_to_matrix(torch.rand(500, 3, generator=random).double() * 360)
    matrix = matrix + noise * torch.randn(500, 3, 3, generator=random).double()
    u, s, vh = torch.linalg.svd(matrix)
    sign = torch.det(u @ vh)
    u = torch.cat([u[..., :2], u[..., 2:] * sign[:, None, None]], dim=-1)
    # Where the two smallest singular values nearly cancel, the nearest is undecided.
    decided = (s[:, 1] + sign * s[:, 2]) / s[:, 0] > 0.05
    found = nearest_rotation(matrix)
    torch.testing.assert_close(found[decided], (u @ vh)[decided], rtol=0, atol=1e-6)
    in_float = nearest_rotation(matrix.float())
    error = geodesic_distance(in_float, (u @ vh).float())[decided]
    assert error.max() < 1e-3


def test_the_rotation_to_the_axis_is_the_shortest():
    rays = np.random.default_rng(0).normal(size=(50, 3)) * [1, 1, 0.5] + [0, 0, 2]
    rotations = rotation_to_axis(rays)
    along = rays / np.linalg.norm(rays, axis=1, keepdims=True)
    turned = np.einsum('nij,nj->ni', rotations, along)
    np.testing.assert_allclose(turned, np.tile([0, 0, 1], (50, 1)), atol=1e-12)
    np.testing.assert_allclose(np.linalg.det(rotations), 1)
    angles = np.degrees(np.arccos(along[:, 2]))
    np.testing.assert_allclose(geodesic_distance(rotations, np.eye(3)), angles)
    assert (rotation_to_axis([0, 0, 5]) == np.eye(3)).all()


def test_shaws_rectification(shared):
    """As the original code rectifies; on the principal point it gave NaN."""
    golden = np.load(shared / 'reference/rivals/golden/units_shaw_rectification.npz')
    matrices, centres = golden['K64'], golden['centre64']
    pixels = np.hstack([centres, np.ones((len(centres), 1))])
    rays = np.einsum('nij,nj->ni', np.linalg.inv(matrices), pixels)
    rotations = rotation_to_axis(rays)
    np.testing.assert_allclose(
        rotations, golden['project_camera_rotation64'], atol=1e-12
    )
    np.testing.assert_allclose(
        rotations @ golden['project_R_of_headpose64'],
        golden['project_R_normalised64'],
        atol=1e-12,
    )
    poses = matrix_to_pose(
        rotations @ pose_to_matrix(golden['headpose_roll_yaw_pitch64'][:, [1, 2, 0]])
    )
    expected = golden['normalised_headpose64'][:, [1, 2, 0]]
    assert (
        geodesic_distance(pose_to_matrix(poses), pose_to_matrix(expected)).max() < 1e-4
    )
    homographies = matrices @ rotations @ np.linalg.inv(matrices)
    homographies /= homographies[:, 2:, 2:]
    np.testing.assert_allclose(
        homographies, golden['homography64'], rtol=2e-3, atol=0.01
    )


def test_an_array_and_a_tensor_have_the_same_matrix():
    poses = np.random.default_rng(0).uniform(-180, 180, (50, 3))
    matrices = pose_to_matrix(torch.from_numpy(poses)).numpy()
    np.testing.assert_allclose(pose_to_matrix(poses), matrices, rtol=0, atol=1e-15)
    assert np.isnan(pose_to_matrix([np.inf, 0, 0])).any()


def test_rotation_vectors_and_matrices_are_inverse():
    rng = np.random.default_rng(0)
    vectors = rng.normal(0, 1, (50, 3)) * np.logspace(-9, 0, 50)[:, None]
    matrices = rotation_vector_to_matrix(vectors)
    expected = Rotation.from_rotvec(vectors).as_matrix()
    np.testing.assert_allclose(matrices, expected, atol=1e-12)
    np.testing.assert_allclose(matrix_to_rotation_vector(matrices), vectors, atol=1e-9)
    zero = torch.zeros(3, requires_grad=True)
    rotation_vector_to_matrix(zero)[0, 1].backward()
    np.testing.assert_allclose(zero.grad, [0, 0, -1])
