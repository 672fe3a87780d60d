"""Lays a head's surface on a depth map: point-to-plane ICP of several poses at once.

A point of the surface belongs to what the depth map shows in the pixel that it falls into
(projective association). Martin et al., "Real Time Head Model Creation and Head Pose
Estimation on Consumer Depth Cameras", ICIP 2014, and Meyer et al., "Robust Model-based 3D
Head Pose Estimation", ICCV 2015, register heads so. Meyer's cost has a term for the
overlap, too: an ICP's own error is small wherever few points find a partner.
"""

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from mmfsa.structures import Camera

FILE = Path(__file__).parents[2] / 'landmarks/head_surface.csv'
FACING = 0.2  # the least cosine between a normal and the way to the camera
FARTHER = 2.5  # of the gate: how far along the ray a point may be from its partner
DAMPING = np.diag([1e3, 1e3, 1e3, 1, 1, 1])  # of turns (rad⁻²) and shifts (mm⁻²)
CLOSE = 8.0  # mm: a point of the surface that is nearer to what is seen fits
# What a point costs, beside the square of its distance over CLOSE: one of the face that
# something covers; one of the scalp, which hair covers; and one that should be seen, but
# the camera sees something behind it, or nothing.
COVERED, HAIR, MISSING = 1.0, 0.3, 2.0
NEAREST = 10.0  # mm: no point of the surface is searched behind the camera


class Surface(NamedTuple):
    """Points of a head's surface in the head's frame.

    Attributes:
        points: (N, 3) millimetres.
        normals: (N, 3) outward.
        face: (N,) bool; the others are scalp and ears, which differ and wear hair.
    """

    points: np.ndarray
    normals: np.ndarray
    face: np.ndarray

    def take(self, index: np.ndarray) -> 'Surface':
        """Some of the points, by a mask or their indices."""
        return Surface(*(part[index] for part in self))


class Fit(NamedTuple):
    """How well S poses of a surface fit a depth map.

    Attributes:
        cost: (S,) mean cost of the points that should be seen; the smaller the better.
        coverage: (S,) share of the face's points, of those that should be seen, which fit.
        rms: (S,) root of the mean squared distance of these points, in millimetres.
    """

    cost: np.ndarray
    coverage: np.ndarray
    rms: np.ndarray


class _Seen(NamedTuple):
    """S poses of N points, and what the depth map shows of each.

    Attributes:
        points: (S, N, 3) millimetres in the camera's frame.
        normals: (S, N, 3)
        facing: (S, N) cosine between the normal and the way to the camera.
        measured: (S, N) whether the map has a depth there.
        gap: (S, N) millimetres along the normal from the point to what is seen; above 0,
            what is seen is outside of the head.
        ahead: (S, N) millimetres along the axis from the point to what is seen.
    """

    points: np.ndarray
    normals: np.ndarray
    facing: np.ndarray
    measured: np.ndarray
    gap: np.ndarray
    ahead: np.ndarray


@lru_cache
def load_surface() -> Surface:
    """The mean MakeHuman head (CC0), in the frame of rendered heads
    (:func:`mmfsa.synth.surface.head_surface`)."""
    table = np.loadtxt(FILE, delimiter=',')
    return Surface(table[:, :3], table[:, 3:6], table[:, 6] > 0)


def register(
    surface: Surface,
    depth: np.ndarray,
    camera: Camera,
    rotation: np.ndarray,
    translation: np.ndarray,
    steps: int,
    gates: tuple[float, float],
) -> tuple[np.ndarray, np.ndarray]:
    """Move S poses of a surface towards a depth map.

    Args:
        surface: The surface.
        depth: (H, W) millimetres, 0 where none was measured.
        camera: The camera.
        rotation: (S, 3, 3) where to start.
        translation: (S, 3) millimetres.
        steps: Number of steps.
        gates: The first and the last distance beyond which a pair of points does not count;
            Tukey's weights fall to 0 there.

    Returns:
        The poses, in the form of `rotation` and `translation`.
    """
    first, last = gates
    for step in range(steps):
        gate = first * (last / first) ** (step / max(steps - 1, 1))
        seen = _look(surface, depth, camera, rotation, translation)
        pairs = seen.measured & (seen.facing > FACING) & (np.abs(seen.gap) < gate)
        pairs &= np.abs(seen.ahead) < FARTHER * gate
        weight = np.where(pairs, (1 - (seen.gap / gate) ** 2) ** 2, 0)
        arms = seen.points - translation[:, None]
        moves = np.concatenate([np.cross(arms, seen.normals), seen.normals], axis=-1)
        weighted = moves * weight[..., None]
        hessian = np.swapaxes(weighted, 1, 2) @ moves + DAMPING
        gradient = np.swapaxes(weighted, 1, 2) @ np.where(pairs, seen.gap, 0)[..., None]
        change = np.linalg.solve(hessian, gradient)[..., 0]
        rotation = _turns(change[:, :3]) @ rotation
        translation = translation + change[:, 3:]
    return rotation, translation


def cost_of(
    surface: Surface,
    depth: np.ndarray,
    camera: Camera,
    rotation: np.ndarray,
    translation: np.ndarray,
) -> Fit:
    """How well S poses (S, 3, 3), (S, 3) of a surface fit a depth map (H, W)."""
    seen = _look(surface, depth, camera, rotation, translation)
    visible = seen.facing > FACING
    fits = seen.measured & (np.abs(seen.gap) < CLOSE)
    covered = seen.measured & (seen.gap >= CLOSE)
    share = np.where(fits, np.abs(seen.gap) / CLOSE, 0)
    in_face = np.where(fits, share**2, np.where(covered, COVERED, MISSING))
    beside = np.where(fits, HAIR * share, np.where(covered, HAIR, MISSING))
    cost = np.where(surface.face, in_face, beside)
    face = visible & surface.face
    used = face & fits
    number = np.maximum(used.sum(1), 1)
    squares = np.where(used, seen.gap, 0) ** 2
    return Fit(
        cost=(cost * visible).sum(1) / np.maximum(visible.sum(1), 1),
        coverage=used.sum(1) / np.maximum(face.sum(1), 1),
        rms=np.sqrt(squares.sum(1) / number),
    )


def _look(
    surface: Surface,
    depth: np.ndarray,
    camera: Camera,
    rotation: np.ndarray,
    translation: np.ndarray,
) -> _Seen:
    turn = np.swapaxes(rotation, 1, 2)
    points = surface.points @ turn + translation[:, None]
    normals = surface.normals @ turn
    ahead = np.maximum(points[..., 2:], NEAREST)
    pixels = camera.project(np.concatenate([points[..., :2], ahead], axis=-1))
    columns, rows = np.moveaxis(np.rint(pixels).astype(np.int64), -1, 0)
    height, width = depth.shape
    inside = (columns >= 0) & (columns < width) & (rows >= 0) & (rows < height)
    there = depth[np.where(inside, rows, 0), np.where(inside, columns, 0)] * inside
    rays = camera.rays(np.stack([columns, rows], axis=-1))
    apart = rays * there[..., None] - points
    away = np.linalg.norm(points, axis=-1)
    return _Seen(
        points=points,
        normals=normals,
        facing=-np.sum(normals * points, axis=-1) / np.maximum(away, NEAREST),
        measured=there > 0,
        gap=np.sum(normals * apart, axis=-1),
        ahead=apart[..., 2],
    )


def _turns(vectors: np.ndarray) -> np.ndarray:
    """(S, 3, 3) rotations of rotation vectors (S, 3) in radians."""
    from scipy.spatial.transform import Rotation

    return Rotation.from_rotvec(vectors).as_matrix()
