"""Solvers: from landmarks in an image and the points of a head to the head's pose.

All of them start from the scaled orthographic fit, which has one solution. OpenCV's
``solvePnP`` without a start puts one face in five behind the camera.
"""

from collections.abc import Callable
from typing import NamedTuple

import cv2
import numpy as np

from mmfsa.structures import Camera, rows_to_matrix
from mmfsa.utils.reading import one_line

from .fit import Fit
from .mediapipe import face_geometry, kabsch
from .points import is_line

FAR = 4  # image widths: the focal length of an unknown camera
ROUNDS = 50  # of POSIT
STILL = 1e-8  # a change of POSIT's corrections that is none


def default_camera(size: tuple[int, int], focal: float = FAR) -> Camera:
    """The camera of an image of which nothing is known.

    Args:
        size: Width and height of the image in pixels.
        focal: Focal length in image widths.
    """
    return Camera.from_focal(focal * size[0], size)


def weak_perspective(pixels: np.ndarray, points: np.ndarray, camera: Camera) -> Fit:
    """Scaled orthographic projection, in closed form.

    The least-squares affine map (2×3) from points to pixels is replaced by the nearest
    scaled rows of a rotation; the cross product gives the third row.

    Args:
        pixels: (k, 2) landmarks.
        points: (k, 3) the same points of the head, millimetres.
        camera: Turns scale into depth; the rotation does not depend on it.
    """
    focal = np.array([camera.fx, camera.fy])
    rays = (pixels - [camera.cx, camera.cy]) / focal
    middle, centre = rays.mean(0), points.mean(0)
    affine = np.linalg.lstsq(points - centre, rays - middle, rcond=None)[0].T
    rotation = rows_to_matrix(affine)
    # The mean of the map's two singular values: the trace of its symmetric factor.
    scale = np.sum(affine * rotation[:2]) / 2
    return Fit(rotation, np.array([*middle, 1.0]) / scale - rotation @ centre)


def posit(pixels: np.ndarray, points: np.ndarray, camera: Camera) -> Fit:
    """Pose from orthography and scaling with iterations (DeMenthon and Davis, IJCV 1995).

    Perspective moves each pixel by the point's relative depth; weak perspective is fitted
    to the pixels without this move, until nothing changes.

    Args: See :func:`weak_perspective`.
    """
    principal = np.array([camera.cx, camera.cy])
    moves = np.zeros(len(points))
    fit = weak_perspective(pixels, points, camera)
    for _ in range(ROUNDS):
        centre = fit.rotation @ points.mean(0) + fit.translation
        depths = points @ fit.rotation[2] + fit.translation[2]
        before, moves = moves, depths / centre[2] - 1
        if np.abs(moves - before).max() < STILL:
            break
        straight = principal + (pixels - principal) * (1 + moves[:, None])
        fit = weak_perspective(straight, points, camera)
    return fit


def pnp(pixels: np.ndarray, points: np.ndarray, camera: Camera) -> Fit:
    """Least squares of the pixels under perspective, from two safe starts.

    Levenberg and Marquardt's iterations start from the weak-perspective fit, and from
    SQPNP (Terzakis and Lourakis, ECCV 2020); of the two that lies in front of the camera
    which fits the pixels better.

    Args: See :func:`weak_perspective`.

    Raises:
        ValueError: No solution lies in front of the camera.
    """
    fits = []
    for start in (
        weak_perspective(pixels, points, camera),
        _sqpnp(pixels, points, camera),
    ):
        fit = start and _refined(start, pixels, points, camera)
        if fit and (points @ fit.rotation[2] + fit.translation[2]).min() > 0:
            fits.append(fit)
    if not fits:
        raise ValueError('no solution lies in front of the camera')
    return min(fits, key=lambda fit: pixel_error(fit, pixels, points, camera))


def _sqpnp(pixels: np.ndarray, points: np.ndarray, camera: Camera) -> Fit | None:
    found, turn, shift = cv2.solvePnP(
        points, pixels, camera.matrix, None, flags=cv2.SOLVEPNP_SQPNP
    )
    return Fit(cv2.Rodrigues(turn)[0], shift.ravel()) if found else None


def _refined(
    start: Fit, pixels: np.ndarray, points: np.ndarray, camera: Camera
) -> Fit | None:
    if not (np.isfinite(start.rotation).all() and np.isfinite(start.translation).all()):
        return None
    turn, shift = cv2.solvePnPRefineLM(
        points,
        pixels,
        camera.matrix,
        None,
        cv2.Rodrigues(start.rotation)[0],
        start.translation.reshape(3, 1).copy(),
    )
    if not (np.isfinite(turn).all() and np.isfinite(shift).all()):
        return None
    return Fit(cv2.Rodrigues(turn)[0], shift.ravel())


def project(fit: Fit, points: np.ndarray, camera: Camera) -> np.ndarray:
    """The pixels (k, 2) of points (k, 3) of a head, under perspective."""
    return camera.project(points @ fit.rotation.T + fit.translation)


def project_orthographic(fit: Fit, points: np.ndarray, camera: Camera) -> np.ndarray:
    """The pixels (k, 2) of points (k, 3) of a head, all at the depth of their mean."""
    seen = points @ fit.rotation.T + fit.translation
    depth = seen[:, 2].mean()
    return seen[:, :2] / depth * [camera.fx, camera.fy] + [camera.cx, camera.cy]


def pixel_error(
    fit: Fit,
    pixels: np.ndarray,
    points: np.ndarray,
    camera: Camera,
    projection: Callable = project,
) -> float:
    """How far pixels lie from where a fit puts them: root of the mean square."""
    apart = projection(fit, points, camera) - pixels
    return float(np.sqrt(np.square(apart).sum(1).mean()))


class Solver(NamedTuple):
    """A solver with the projection that it assumes.

    Attributes:
        fit: From landmarks, points of the head and a camera to a fit.
        projection: From a fit, points and a camera to pixels.
        depth: It takes landmarks with a depth.
    """

    fit: Callable[[np.ndarray, np.ndarray, Camera], Fit]
    projection: Callable[[Fit, np.ndarray, Camera], np.ndarray]
    depth: bool = False


SOLVERS = {
    'weak_perspective': Solver(weak_perspective, project_orthographic),
    'pnp': Solver(pnp, project),
    'posit': Solver(posit, project),
    'kabsch': Solver(kabsch, project_orthographic, depth=True),
    'face_geometry': Solver(face_geometry, project, depth=True),
}


def solve(
    name: str, pixels: np.ndarray, points: np.ndarray, camera: Camera
) -> tuple[Fit, float]:
    """A fit, and how bad it is.

    Args:
        name: One of :data:`SOLVERS`.
        pixels: (k, 2) landmarks; or (k, 3) with a depth, which grows away from the camera
            and has the scale of x.
        points: (k, 3) the same points of the head, millimetres.
        camera: The intrinsics.

    Returns:
        The fit, and the root of the mean squared distance of the pixels from it, in
        fractions of the landmarks' own size: the root of their box's area.

    Raises:
        ValueError: No pose fits the landmarks.
    """
    solver = SOLVERS[name]
    flat = pixels[:, :2]
    if is_line(flat):
        raise ValueError('no pose fits the landmarks: they lie in a line')
    try:
        fit = solver.fit(pixels if solver.depth else flat, points, camera)
    except (cv2.error, np.linalg.LinAlgError) as error:
        raise ValueError(f'no pose fits the landmarks: {one_line(error)}') from error
    if not np.isfinite(fit.rotation).all():
        raise ValueError('no pose fits the landmarks')
    size = np.sqrt(np.ptp(flat, axis=0).prod())
    return fit, pixel_error(fit, flat, points, camera, solver.projection) / size
