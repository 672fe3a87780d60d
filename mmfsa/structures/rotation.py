"""The head pose and its rotation: the one place that knows the angle convention.

**Angles** are degrees in the order (yaw, pitch, roll). Yaw > 0: the face turns to the
image's left. Pitch > 0: it looks up. Roll > 0: it turns clockwise in the image.

**Frame**: OpenCV's camera (x right, y down, z into the scene; right-handed). The head's
rotation in it is ``R = Rx(-pitch) · Ry(yaw) · Rz(roll)``, which is scipy's
``Rotation.from_euler('XYZ', [-pitch, yaw, roll], degrees=True)``; its columns are the
head's axes, and the identity faces the camera.

**Arrays**: every function takes tensors, or arrays and nested lists (computed in
float64), with any leading dimensions ``(...)``, and returns the same kind. Tensors are
differentiated and traced through. Wrong trailing dimensions raise a ValueError. torch is
imported only for tensors.

>>> pose = [30.0, -10.0, 5.0]
>>> matrix_to_pose(pose_to_matrix(pose)).round(6)
array([ 30., -10.,   5.])

A data set's own reading of a rotation starts from here too: the matrix M in a
``frame_*_pose.txt`` of BIWI is R itself, and 300W-LP's ``Pose_Para`` is read by
:func:`pose_para_to_pose`.
"""

import functools
import inspect
import math
from collections.abc import Callable

import numpy as np

from .arrays import (
    Array,
    cross,
    is_tensor,
    like,
    matrix_of,
    namespace,
    norm,
    parts,
    row_at,
    unit,
    vector_of,
)

ANGLES = 'yaw', 'pitch', 'roll'  # in the order of every pose
CONVENTION = (
    "yaw, pitch, roll in degrees; yaw > 0: the face turns to the image's left, "
    'pitch > 0: it looks up, roll > 0: clockwise in the image; rotation matrix = '
    'Rx(-pitch) Ry(yaw) Rz(roll) in the OpenCV camera frame (x right, y down, z into the '
    'scene)'
)
LARGEST_ANGLE = 720  # degrees, two full turns; what is beyond them is no angle
DEGREE = math.pi / 180  # in radians; ONNX has no deg2rad and rad2deg
IDENTITY = np.eye(4).tolist()  # plain numbers, as torch.compile asks for
UNTURNED = np.eye(3).tolist()
POWERS = 12  # squarings, for eigenvalues that are 1 % apart
# Rotations as other projects write them: S Rᵀ S, by the diagonal of S.
FRAMES = {'6drepnet': (1, -1, -1), 'opal': (1, 1, -1)}


def _takes(**trailing_shapes: tuple[int, ...]) -> Callable:
    """Let a function of tensors take arrays too, and check its trailing shapes."""

    def decorate(function: Callable) -> Callable:
        signature = inspect.signature(function)
        names = tuple(signature.parameters)

        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            given = dict(zip(names, args, strict=False), **kwargs)
            if len(given) < len(args) + len(kwargs) or not trailing_shapes.keys() <= (
                given.keys()
            ):
                signature.bind(*args, **kwargs)  # slow, but it says what is wrong
            tensor = next(filter(is_tensor, given.values()), None)
            for name, shape in trailing_shapes.items():
                if not is_tensor(given[name]):
                    array = np.array(given[name], dtype=np.float64)
                    given[name] = array if tensor is None else like(array, tensor)
                if tensor is not None and namespace(tensor).jit.is_tracing():
                    continue  # there, sizes can't be compared
                actual = tuple(given[name].shape)
                if actual[len(actual) - len(shape) :] != shape:
                    raise ValueError(
                        f'{function.__name__}: the shape of {name} must end in '
                        f'{shape}, got {actual}'
                    )
            if tensor is not None:
                return function(**given)
            with np.errstate(divide='ignore', invalid='ignore'):  # NaN says it
                return np.asarray(function(**given))

        return wrapper

    return decorate


@_takes(pose=(3,))
def is_pose(pose: Array) -> Array:
    """Whether three numbers are angles: finite, and not beyond two full turns.

    Args:
        pose: (..., 3) yaw, pitch, roll in degrees.

    Returns:
        (...) bool.

    >>> is_pose([[30, -10, 5], [0, float('nan'), 0], [-6.9e29, 0, 0]])
    array([ True, False, False])
    """
    return (abs(pose) <= LARGEST_ANGLE).all(-1)


@_takes(matrix=(3, 3))
def is_rotation(matrix: Array) -> Array:
    """Whether matrices are rotations, to the precision of data sets' text files.

    Args:
        matrix: (..., 3, 3).

    Returns:
        (...) bool; False for a matrix with NaN.

    >>> is_rotation([np.eye(3), np.diag([1, 1, -1])])
    array([ True, False])
    """
    product = matrix @ matrix.swapaxes(-1, -2)
    orthonormal = (abs(product - like(UNTURNED, matrix)) < 1e-2).all(-1).all(-1)
    # Of three rows that are orthonormal, the third shows the handedness.
    third = cross(matrix[..., 0, :], matrix[..., 1, :])
    return orthonormal & ((third * matrix[..., 2, :]).sum(-1) > 0)


@_takes(pose=(3,))
def pose_to_matrix(pose: Array) -> Array:
    """Rotation matrix of a pose, ``Rx(-pitch) · Ry(yaw) · Rz(roll)``.

    Args:
        pose: (..., 3) yaw, pitch, roll in degrees.

    Returns:
        (..., 3, 3) rotation matrices.

    Yaw 90: the face's forward axis (−z) points to the image's left (−x).

    >>> np.allclose(pose_to_matrix([90, 0, 0]) @ [0, 0, -1], [-1, 0, 0])
    True
    """
    xp, radians = namespace(pose), pose * DEGREE
    sin_yaw, sin_pitch, sin_roll = parts(xp.sin(radians))
    cos_yaw, cos_pitch, cos_roll = parts(xp.cos(radians))
    entries = [
        cos_yaw * cos_roll,
        -cos_yaw * sin_roll,
        sin_yaw,
        cos_pitch * sin_roll - sin_pitch * sin_yaw * cos_roll,
        cos_pitch * cos_roll + sin_pitch * sin_yaw * sin_roll,
        sin_pitch * cos_yaw,
        -sin_pitch * sin_roll - cos_pitch * sin_yaw * cos_roll,
        -sin_pitch * cos_roll + cos_pitch * sin_yaw * sin_roll,
        cos_pitch * cos_yaw,
    ]
    return matrix_of(entries, 3)


@_takes(matrix=(3, 3))
def matrix_to_pose(matrix: Array) -> Array:
    """Pose of a rotation matrix, the inverse of :func:`pose_to_matrix`.

    Args:
        matrix: (..., 3, 3) rotation matrices.

    Returns:
        (..., 3) yaw in [−90, 90], pitch and roll in [−180, 180], in degrees. At
        |yaw| = 90 only the sum or difference of pitch and roll is defined: a pair is
        returned that reproduces the matrix.

    >>> matrix_to_pose([[0, -1, 0], [1, 0, 0], [0, 0, 1]])
    array([ 0.,  0., 90.])
    """
    xp = namespace(matrix)
    pitch = xp.arctan2(matrix[..., 1, 2], matrix[..., 2, 2]) / DEGREE
    # Undoing the pitch that was found leaves Ry(yaw) · Rz(roll), even where noise chose
    # that pitch: yaw and roll then fit it, and nothing degenerates near |yaw| = 90.
    zero = 0 * abs(pitch)  # zeros_like is a constant of one batch size in ONNX
    undo = pose_to_matrix(vector_of(zero, -pitch, zero))
    rest = undo @ matrix
    yaw = xp.arctan2(rest[..., 0, 2], rest[..., 2, 2]) / DEGREE
    roll = xp.arctan2(rest[..., 1, 0], rest[..., 1, 1]) / DEGREE
    return vector_of(yaw, pitch, roll)


@_takes(matrix=(3, 3))
def matrix_to_zyx_pose(matrix: Array) -> Array:
    """The angles that are read off a matrix in the order z, y, x.

    ``cv2.RQDecomp3x3``, ``cv2.decomposeProjectionMatrix`` and many published evaluations
    read a rotation as ``Rz(roll) · Ry(yaw) · Rx(-pitch)``. These are other numbers than
    those of the labels: a perfect rotation read so scores 6.2 degrees on AFLW2000. It is
    here to reproduce published errors only.

    Args:
        matrix: (..., 3, 3) rotation matrices.

    Returns:
        (..., 3) yaw in [−90, 90], pitch and roll in [−180, 180], in degrees.

    >>> matrix_to_zyx_pose(pose_to_matrix([40, -20, 0])).round(1)
    array([ 37.2, -25.4,  16. ])
    """
    # The transpose of Rz(c)·Ry(b)·Rx(a) is Rx(−a)·Ry(−b)·Rz(−c).
    return -matrix_to_pose(matrix.swapaxes(-2, -1))


@_takes(matrix=(3, 3))
def matrix_to_mixed_pose(matrix: Array) -> Array:
    """The yaw of :func:`matrix_to_zyx_pose` beside the pitch and roll of
    :func:`matrix_to_pose`.

    SynergyNet's evaluation reads a rotation so. A perfect rotation then scores 0.74
    degrees on AFLW2000, all of it an error of yaw.

    Args:
        matrix: (..., 3, 3) rotation matrices.

    Returns:
        (..., 3) yaw in [−90, 90], pitch and roll in [−180, 180], in degrees.

    >>> matrix_to_mixed_pose(pose_to_matrix([40, -20, 10])).round(1)
    array([ 32.4, -20. ,  10. ])
    """
    yaw, _, _ = parts(matrix_to_zyx_pose(matrix))
    _, pitch, roll = parts(matrix_to_pose(matrix))
    return vector_of(yaw, pitch, roll)


# How a method reads the angles off a rotation. `xyz` is mmfsa's convention; the others
# reproduce published numbers only.
ORDERS = {
    'xyz': matrix_to_pose,
    'as_published': matrix_to_zyx_pose,
    'mixed': matrix_to_mixed_pose,
}


@_takes(pose=(3,))
def unfold_yaw(pose: Array) -> Array:
    """The one of a rotation's two triples whose pitch is within ±90.

    :func:`matrix_to_pose` folds a yaw beyond ±90 back, by turning pitch and roll by
    180. For a head that turns all around, this is the triple that one would write down.

    Args:
        pose: (..., 3) yaw, pitch, roll in [−180, 180] degrees.

    Returns:
        (..., 3) yaw and roll in [−180, 180], pitch in [−90, 90], in degrees.

    >>> pose = matrix_to_pose(pose_to_matrix([100, 5, -10])).round(6)
    >>> pose
    array([  80., -175.,  170.])
    >>> unfold_yaw(pose)
    array([100.,   5., -10.])
    """
    behind = abs(pose[..., 1:2]) > 90
    return namespace(pose).where(behind, _other_triple(pose), pose)


@_takes(pose=(3,), reference=(3,))
def closest_triple(pose: Array, reference: Array) -> Array:
    """The one of a rotation's two triples that is closer to a reference.

    Angles that are 360 apart are no difference; those of the three angles are summed.

    Args:
        pose: (..., 3) yaw, pitch, roll in [−180, 180] degrees.
        reference: (..., 3) yaw, pitch, roll in degrees.

    Returns:
        (..., 3) in [−180, 180] degrees.

    >>> closest_triple([85, -178, 179], [97, 0, 0])
    array([95.,  2., -1.])
    """
    other = _other_triple(pose)
    far, other_far = (
        abs(_wrap(triple - reference)).sum(-1)[..., None] for triple in (pose, other)
    )
    return namespace(pose).where(far <= other_far, pose, other)


def _other_triple(pose: Array) -> Array:
    """(180 − yaw, pitch + 180, roll + 180): the same rotation, in [−180, 180] degrees."""
    half_turn = like(180.0, pose)
    turned = pose + namespace(pose).where(pose < 0, half_turn, -half_turn)
    return turned * like([-1, 1, 1], pose)


@_takes(matrix=(3, 3))
def change_frame(matrix: Array, frame: str) -> Array:
    """A rotation of ours in another project's frame, or one of that frame in ours.

    The same step, S Rᵀ S with a diagonal S, goes both ways.

    Args:
        matrix: (..., 3, 3) rotation matrices.
        frame: `6drepnet`, in which a head is ``Rz(roll) · Ry(yaw) · Rx(pitch)`` (also
            TokenHPE's and SemiUHPE's), or `opal`, in which it is
            ``(Rx(pitch) · Ry(-yaw) · Rz(roll))ᵀ``.

    Returns:
        (..., 3, 3) rotation matrices.

    Raises:
        KeyError: There is no such frame.

    >>> change_frame(pose_to_matrix([0, 90, 0]), '6drepnet').round(6) + 0.0
    array([[ 1.,  0.,  0.],
           [ 0.,  0., -1.],
           [ 0.,  1.,  0.]])
    """
    signs = like(FRAMES[frame], matrix)
    return signs[:, None] * matrix.swapaxes(-2, -1) * signs


@_takes(matrix=(3, 3))
def matrix_to_quaternion(matrix: Array) -> Array:
    """Unit quaternion of a rotation matrix.

    Args:
        matrix: (..., 3, 3) rotation matrices.

    Returns:
        (..., 4) x, y, z, w as scipy orders them, with w ≥ 0.

    >>> matrix_to_quaternion(np.diag([1, -1, -1]))
    array([1., 0., 0., 0.])
    """
    quaternion = unit(_largest_row(_quaternion_products(matrix)))
    negative = quaternion[..., 3:] < 0
    return namespace(matrix).where(negative, -quaternion, quaternion)


def _quaternion_products(matrix: Array) -> Array:
    """4 · q · qᵀ of the quaternion q of a rotation matrix, to which it is linear."""
    (m00, m01, m02), (m10, m11, m12), (m20, m21, m22) = map(parts, parts(matrix, -2))
    return matrix_of(
        [
            *(1 + m00 - m11 - m22, m01 + m10, m02 + m20, m21 - m12),
            *(m01 + m10, 1 - m00 + m11 - m22, m12 + m21, m02 - m20),
            *(m02 + m20, m12 + m21, 1 - m00 - m11 + m22, m10 - m01),
            *(m21 - m12, m02 - m20, m10 - m01, 1 + m00 + m11 + m22),
        ],
        4,
    )


def _diagonal(matrix: Array) -> Array:
    """(..., n) of matrices (..., n, n)."""
    return vector_of(*(matrix[..., i, i] for i in range(matrix.shape[-1])))


def _largest_row(products: Array) -> Array:
    """A multiple of q, the best conditioned row of a matrix q · qᵀ."""
    return row_at(products, _diagonal(products).argmax(-1))


@_takes(matrix=(3, 3))
def nearest_rotation(matrix: Array) -> Array:
    """The rotation that differs least from a matrix, which may be any.

    It is the orthogonal factor that an SVD gives, U · diag(1, 1, ±1) · Vᵀ, by steps that
    can be exported: its quaternion is the largest eigenvector of a symmetric matrix, and
    powers of this matrix point to it.

    Args:
        matrix: (..., 3, 3) matrices.

    Returns:
        (..., 3, 3) rotation matrices R with the smallest ``‖R − matrix‖``; NaN where all
        are equally near, as to zero.

    >>> nearest_rotation([[0, -2, 0], [1, 0, 0], [0, 0, 3]]).round(6) + 0.0
    array([[ 0., -1.,  0.],
           [ 1.,  0.,  0.],
           [ 0.,  0.,  1.]])
    """
    scale = norm(matrix, (-2, -1))[..., None, None] / 3**0.5
    power = _quaternion_products(matrix / scale)
    # No eigenvalue is below −2: with twice the identity all of them are positive.
    power = power + 2 * like(IDENTITY, power)
    for _ in range(POWERS):
        power = power @ power
        power = power / _diagonal(power).sum(-1)[..., None, None]
    return quaternion_to_matrix(_largest_row(power))


@_takes(matrix=(3, 3))
def matrix_to_rotation_vector(matrix: Array) -> Array:
    """Rotation vector of a rotation matrix: the axis times the angle.

    Its gradient is finite at the identity, too.

    Args:
        matrix: (..., 3, 3) rotation matrices.

    Returns:
        (..., 3) in radians, of a length in [0, π].

    >>> matrix_to_rotation_vector([[0, -1, 0], [1, 0, 0], [0, 0, 1]]) / DEGREE
    array([ 0.,  0., 90.])
    """
    xp, quaternion = namespace(matrix), matrix_to_quaternion(matrix)
    axis, w = quaternion[..., :3], quaternion[..., 3:]
    square = (axis * axis).sum(-1)[..., None]
    small = square < 1e-12  # there the sine of half the angle is half the angle
    sine = xp.sqrt(xp.where(small, like(1.0, square), square))
    return axis * xp.where(small, like(2.0, w), 2 * xp.arctan2(sine, w) / sine)


@_takes(vector=(3,))
def rotation_vector_to_matrix(vector: Array) -> Array:
    """Rotation matrix of a rotation vector, the inverse of
    :func:`matrix_to_rotation_vector`.

    Its gradient is finite at zero, too.

    Args:
        vector: (..., 3) in radians.

    Returns:
        (..., 3, 3) rotation matrices.

    >>> matrix_to_pose(rotation_vector_to_matrix([0, 0, np.pi / 2])).round(6)
    array([ 0.,  0., 90.])
    """
    xp, square = namespace(vector), (vector * vector).sum(-1)[..., None]
    small = square < 1e-12  # there the sine of half the angle is half the angle
    half = xp.sqrt(xp.where(small, like(1.0, square), square)) / 2
    axis = vector * xp.where(small, like(0.5, square), xp.sin(half) / (2 * half))
    cosine = xp.where(small, like(1.0, square), xp.cos(half))
    return quaternion_to_matrix(xp.concatenate([axis, cosine], -1))


@_takes(quaternion=(4,))
def quaternion_to_matrix(quaternion: Array) -> Array:
    """Rotation matrix of a quaternion of any length but zero (which gives NaN).

    Args:
        quaternion: (..., 4) x, y, z, w as scipy orders them.

    Returns:
        (..., 3, 3) rotation matrices.

    >>> matrix_to_pose(quaternion_to_matrix([0, 0, 1, 1]))
    array([ 0.,  0., 90.])
    """
    x, y, z, w = parts(quaternion)
    scale = 2 / (quaternion * quaternion).sum(-1)
    entries = [
        1 - scale * (y * y + z * z),
        scale * (x * y - z * w),
        scale * (x * z + y * w),
        scale * (x * y + z * w),
        1 - scale * (x * x + z * z),
        scale * (y * z - x * w),
        scale * (x * z - y * w),
        scale * (y * z + x * w),
        1 - scale * (x * x + y * y),
    ]
    return matrix_of(entries, 3)


@_takes(matrix=(3, 3))
def matrix_to_rotation_6d(matrix: Array) -> Array:
    """Continuous 6D representation of a rotation matrix (Zhou et al., CVPR 2019).

    Args:
        matrix: (..., 3, 3) rotation matrices.

    Returns:
        (..., 6) the first column, then the second.

    >>> matrix_to_rotation_6d(np.eye(3))
    array([1., 0., 0., 0., 1., 0.])
    """
    return namespace(matrix).concatenate([matrix[..., 0], matrix[..., 1]], -1)


@_takes(rotation_6d=(6,))
def rotation_6d_to_matrix(rotation_6d: Array) -> Array:
    """Rotation matrix of a 6D representation, by Gram-Schmidt (Zhou et al., Eq. 15).

    Args:
        rotation_6d: (..., 6) two vectors, neither zero nor parallel.

    Returns:
        (..., 3, 3) rotation matrices.

    >>> rotation_6d_to_matrix([2, 0, 0, 5, 3, 0])
    array([[1., 0., 0.], [0., 1., 0.], [0., 0., 1.]])
    """
    first, second = rotation_6d[..., :3], rotation_6d[..., 3:]
    x = unit(first)
    y = unit(second - (x * second).sum(-1)[..., None] * x)
    return vector_of(x, y, cross(x, y))


@_takes(rows=(2, 3))
def rows_to_matrix(rows: Array) -> Array:
    """The rotation whose first two rows are nearest to given ones, up to a scale each.

    It is the polar decomposition in closed form, without an SVD: with M = A·Aᵀ and
    d = √det M, the root of M is (M + d·1) / √(tr M + 2d).

    Args:
        rows: (..., 2, 3) two vectors, neither zero nor parallel (which gives NaN).

    Returns:
        (..., 3, 3) rotation matrices.

    >>> matrix_to_pose(rows_to_matrix([[0, -2, 0], [3, 0, 0]]))
    array([ 0.,  0., 90.])
    """
    xp, (a, b) = namespace(rows), parts(rows, -2)
    aa, ab, bb = (a * a).sum(-1), (a * b).sum(-1), (b * b).sum(-1)
    d = xp.sqrt(aa * bb - ab * ab)
    t = xp.sqrt(aa + bb + 2 * d)
    # The inverse of the root, whose determinant is d.
    scale = (1 / (t * d))[..., None]
    first = scale * ((bb + d)[..., None] * a - ab[..., None] * b)
    second = scale * ((aa + d)[..., None] * b - ab[..., None] * a)
    return xp.stack([first, second, cross(first, second)], -2)


@_takes(matrix1=(3, 3), matrix2=(3, 3))
def geodesic_distance(matrix1: Array, matrix2: Array) -> Array:
    """Angle of the rotation which takes one matrix to the other.

    The arc tangent of its sine and cosine is as exact at 0 and 180 as between, and has
    finite gradients there, unlike the arc cosine of the trace.

    Args:
        matrix1: (..., 3, 3) rotation matrices.
        matrix2: (..., 3, 3) rotation matrices.

    Returns:
        (...) degrees in [0, 180].

    >>> geodesic_distance(pose_to_matrix([0, 0, 10]), pose_to_matrix([0, 0, -20]))
    array(30.)
    """
    relative = matrix1.swapaxes(-2, -1) @ matrix2
    sine = norm(relative - relative.swapaxes(-2, -1), (-2, -1)) / 8**0.5
    cosine = (_diagonal(relative).sum(-1) - 1) / 2
    return namespace(relative).arctan2(sine, cosine) / DEGREE


@_takes(matrix1=(3, 3), matrix2=(3, 3))
def maev(matrix1: Array, matrix2: Array) -> Array:
    """Mean absolute error of vectors (Cao et al., WACV 2021).

    Args:
        matrix1: (..., 3, 3) rotation matrices.
        matrix2: (..., 3, 3) rotation matrices.

    Returns:
        (...) mean angle between the three pairs of matching columns, in degrees.

    >>> maev(pose_to_matrix([0, 0, 30]), np.eye(3))  # z is still
    array(20.)
    """
    # Kahan's angle between unit vectors, exact at 0 and 180 too.
    half_sine, half_cosine = norm(matrix1 - matrix2, -2), norm(matrix1 + matrix2, -2)
    return 2 * namespace(matrix1).arctan2(half_sine, half_cosine).mean(-1) / DEGREE


@_takes(pose=(3,))
def mirror_pose(pose: Array) -> Array:
    """Pose of the face in the image mirrored left-right.

    Args:
        pose: (..., 3) yaw, pitch, roll in degrees.

    Returns:
        (..., 3) the pose whose matrix is ``diag(-1, 1, 1) · R · diag(-1, 1, 1)``.

    >>> mirror_pose([30, -10, 5])
    array([-30., -10.,  -5.])
    """
    return pose * like([-1, 1, -1], pose)


@_takes(ray=(3,))
def rotation_to_axis(ray: Array) -> Array:
    """The shortest rotation that turns a ray onto the optical axis.

    A camera that is turned so looks along the ray (Shaw's image rectification). A pose
    relative to the camera, R, is ``rotation · R`` relative to the ray.

    Args:
        ray: (..., 3) in the camera's frame, of any length, z > 0 (a ray opposite to the
            optical axis has no shortest rotation).

    Returns:
        (..., 3, 3) rotation matrices; on the axis the identity.

    >>> rotation_to_axis([0, 0, 2]) + 0
    array([[1., 0., 0.],
           [0., 1., 0.],
           [0., 0., 1.]])

    Who stands 45 degrees to the right of the axis, and looks parallel to it, is seen
    turned to the image's right:

    >>> matrix_to_pose(rotation_to_axis([1, 0, 1])).round(6) + 0
    array([-45.,   0.,   0.])
    """
    x, y, z = parts(unit(ray))
    scale = 1 / (1 + z)
    entries = [
        *(1 - x * x * scale, -x * y * scale, -x),
        *(-x * y * scale, 1 - y * y * scale, -y),
        *(x, y, z),
    ]
    return matrix_of(entries, 3)


@_takes(pose=(3,), angle=())
def rotate_pose_in_plane(pose: Array, angle: float | Array) -> Array:
    """Pose of the face in the image turned clockwise about its centre.

    The image's turn is a turn of the camera, ``Rz(angle) · R``. It changes all three
    angles: adding it to the roll is right for frontal faces only.

    Args:
        pose: (..., 3) yaw, pitch, roll in degrees.
        angle: (...) or one number, degrees.

    Returns:
        (..., 3) the pose of ``Rz(angle) · R``: of its two triples the one closer to the
        pose whose roll is `angle` more.

    >>> rotate_pose_in_plane([0, 0, 5], 30).round(6)
    array([ 0.,  0., 35.])
    >>> rotate_pose_in_plane([40, 0, 5], 90).round(6)
    array([ 0., 40., 95.])
    """
    # One image at a time in every loader: only the entries that angles need, a third of
    # the time of the matrices' product. The roll, the innermost turn, is added at the end.
    xp, radians = namespace(pose), pose[..., :2] * DEGREE
    sin_yaw, sin_pitch = parts(xp.sin(radians))
    cos_yaw, cos_pitch = parts(xp.cos(radians))
    sin, cos = xp.sin(angle * DEGREE), xp.cos(angle * DEGREE)
    x, y, z = sin_yaw, sin_pitch * cos_yaw, cos_pitch * cos_yaw
    x, y = cos * x - sin * y, sin * x + cos * y
    yaw, pitch = xp.arctan2(x, xp.hypot(y, z)), xp.arctan2(y, z)
    # As in matrix_to_pose: undo the pitch.
    back_sin, back_cos = xp.sin(pitch), xp.cos(pitch)
    roll = xp.arctan2(
        back_cos * (sin * cos_yaw - cos * sin_pitch * sin_yaw)
        + back_sin * cos_pitch * sin_yaw,
        back_cos * cos * cos_pitch + back_sin * sin_pitch,
    )
    roll = roll + pose[..., 2] * DEGREE
    turned = vector_of(yaw, pitch, roll) / DEGREE
    turn = vector_of(*[xp.zeros_like(angle)] * 2, angle)
    return closest_triple(_wrap(turned), pose + turn)


@_takes(angle=())
def wrap_degrees(angle: Array) -> Array:
    """The same angle between −180 and 180 degrees.

    Args:
        angle: (...) degrees.

    Returns:
        (...) degrees in [−180, 180).

    >>> wrap_degrees([190, -180, 360])
    array([-170., -180.,    0.])
    """
    return _wrap(angle)


def _wrap(angle: Array) -> Array:
    # Undecorated, for RotateInPlane, which turns one pose at a time in every loader.
    return (angle + 180) % 360 - 180


@_takes(pose1=(3,), pose2=(3,))
def wrapped_difference(pose1: Array, pose2: Array) -> Array:
    """Absolute difference per angle, of the closer of two equivalent Euler triples.

    (yaw, pitch, roll) and (180 − yaw, pitch + 180, roll + 180) are the same rotation,
    as are angles 360 apart: no error is charged for the one that was written down.

    Args:
        pose1: (..., 3) yaw, pitch, roll in degrees.
        pose2: (..., 3) yaw, pitch, roll in degrees.

    Returns:
        (..., 3) degrees in [0, 180], of the triple with the smaller sum.

    >>> wrapped_difference([100, -175, 180], [81, 0, 0])
    array([1., 5., 0.])
    """
    return abs(_wrap(closest_triple(pose1, pose2) - pose2))


@_takes(poses=(3,))
def mean_pose(poses: Array) -> Array:
    """Mean of several poses of one head, per angle (Section 4.4 fuses networks so).

    Angles on both sides of ±180 are close to each other; their mean is, too.

    Args:
        poses: (M, ..., 3) M poses: yaw, pitch, roll in degrees.

    Returns:
        (..., 3) degrees, within 180 of the first pose's.

    >>> mean_pose([[10, 0, 175], [20, 0, -175]])
    array([ 15.,   0., 180.])
    """
    first = poses[0]
    return first + _wrap(poses - first).mean(0)


def pose_to_turns(pose: np.ndarray) -> np.ndarray:
    """Poses as turns about the camera's axes, as forests of depth maps vote for them.

    Args:
        pose: (..., 3) yaw, pitch, roll in degrees.

    Returns:
        (..., 3) degrees about x, y and z, of which the rotation is ``Rx·Ry·Rz``.
    """
    return pose[..., [1, 0, 2]] * [-1, 1, 1]


def turns_to_pose(turns: np.ndarray) -> np.ndarray:
    """Poses (..., 3) of turns (..., 3); undoes :func:`pose_to_turns`."""
    return turns[..., [1, 0, 2]] * [1, -1, 1]


def pose_para_to_pose(pose_para: np.ndarray) -> np.ndarray:
    """Pose of 300W-LP's and AFLW2000's ``Pose_Para``: pitch, yaw, roll, … in radians.

    Args:
        pose_para: (..., 3 or more) as in the ``.mat`` file.

    Returns:
        (..., 3) yaw, pitch, roll in degrees.

    >>> pose_para_to_pose(np.array([0, np.pi / 2, np.pi, 7.0]))
    array([ 90.,   0., 180.])
    """
    return np.degrees(np.asarray(pose_para)[..., [1, 0, 2]])
