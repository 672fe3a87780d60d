"""Builds small meshes that a head wears: glasses, a cap's brim, hanging hair."""

from typing import NamedTuple

import numpy as np

from .asset import HeadAsset, Part

UP = np.array([1.0, -1.0, -1.0])  # (x, up, forward) to the head's frame and back


class Mesh(NamedTuple):
    """A mesh that can be posed and shaded.

    Attributes:
        vertices: (V, 3) in the head's frame.
        rest: (V, 3) in the mean head's space.
        triangles: (T, 3).
        part: (T,) of :class:`~mmfsa.synth.asset.Part`.
        follow: (V,) how far a vertex turns: 0 with the chest, 1 with the skull.
    """

    vertices: np.ndarray
    rest: np.ndarray
    triangles: np.ndarray
    part: np.ndarray
    follow: np.ndarray


def join(meshes: list[Mesh]) -> Mesh:
    """Join meshes into one; the order of their vertices stays."""
    starts = np.cumsum([0, *[len(mesh.vertices) for mesh in meshes[:-1]]])
    triangles = [m.triangles + start for m, start in zip(meshes, starts, strict=True)]
    return Mesh(
        np.concatenate([mesh.vertices for mesh in meshes]).astype(np.float32),
        np.concatenate([mesh.rest for mesh in meshes]).astype(np.float32),
        np.concatenate(triangles).astype(np.int32),
        np.concatenate([mesh.part for mesh in meshes]).astype(np.uint8),
        np.concatenate([mesh.follow for mesh in meshes]).astype(np.float32),
    )


def sheet(points: np.ndarray, part: Part, follow: np.ndarray | float = 1.0) -> Mesh:
    """A surface over a grid of points.

    Args:
        points: (R, C, 3) the points, as (x, up, forward).
        part: What the surface shows.
        follow: How far the points turn with the head; broadcast to (R, C).
    """
    rows, columns = points.shape[:2]
    corner = np.arange(rows * columns).reshape(rows, columns)
    a, b, c, d = corner[:-1, :-1], corner[:-1, 1:], corner[1:, 1:], corner[1:, :-1]
    triangles = np.concatenate(
        [np.stack([a, b, c], -1).reshape(-1, 3), np.stack([a, c, d], -1).reshape(-1, 3)]
    )
    vertices = points.reshape(-1, 3) * UP
    follow = np.broadcast_to(follow, (rows, columns)).ravel()
    return Mesh(vertices, vertices, triangles, np.full(len(triangles), part), follow)


def glasses(rng: np.random.Generator, landmarks: np.ndarray, dark: bool) -> Mesh:
    """Glasses: two rims, a bridge and two temples.

    Args:
        rng: Draws their form.
        landmarks: (68, 3) landmarks of the face in the head's frame.
        dark: The glasses have dark lenses.
    """
    face = landmarks * UP
    eyes = face[36:42].mean(0), face[42:48].mean(0)
    ears = face[0], face[16]
    half_width = rng.uniform(0.19, 0.27)
    half_height = half_width * rng.uniform(0.55, 0.95)
    roundness = rng.uniform(0.5, 1.0)  # 1 an ellipse, less a rounded rectangle
    thickness = rng.uniform(0.012, 0.045)
    forward = max(face[27, 2], eyes[0][2] + 0.1, eyes[1][2] + 0.1)

    turn = np.linspace(0, 2 * np.pi, 17)
    cos, sin = np.cos(turn), np.sin(turn)
    unit = np.stack([np.sign(cos) * np.abs(cos) ** roundness,
                     np.sign(sin) * np.abs(sin) ** roundness], -1)  # fmt: skip

    def rim(centre: np.ndarray, scale: float) -> np.ndarray:
        ring = np.empty((len(turn), 3))
        ring[:, :2] = centre[:2] + unit * [half_width, half_height] * scale
        ring[:, 2] = forward - 0.35 * np.abs(ring[:, 0] - face[27, 0]) ** 2
        return ring

    meshes, bars = [], []
    for eye, ear in zip(eyes, ears, strict=True):
        inner, outer = rim(eye, 1.0), rim(eye, 1 + thickness / half_height)
        meshes.append(sheet(np.stack([inner, outer]), Part.GLASSES))
        if dark:
            hub = np.broadcast_to(inner[:-1].mean(0), inner.shape)
            meshes.append(sheet(np.stack([hub, inner]), Part.LENS))
        side = outer[0] if eye[0] > 0 else outer[8]
        bars.append((side, ear + np.array([np.sign(ear[0]) * 0.04, 0.1, -0.1])))
    bars.append((rim(eyes[0], 1.0)[0], rim(eyes[1], 1.0)[8]))
    for start, end in bars:
        thick = np.array([0, max(thickness, 0.02), 0])
        corners = np.stack([[start, end], [start - thick, end - thick]])
        meshes.append(sheet(corners, Part.GLASSES))
    return join(meshes)


def brim(
    rng: np.random.Generator, asset: HeadAsset, skin: np.ndarray, up: float
) -> Mesh:
    """A cap's brim.

    Args:
        rng: Draws its form.
        asset: The head.
        skin: (V, 3) the vertices of the head under the cap.
        up: Height of the brim on the mean head, in decimetres.
    """
    angle = np.radians(np.linspace(-62, 62, 13))
    edge = skin[nearest(asset, angle, up)] * UP
    reach = rng.uniform(0.4, 0.75) * np.cos(angle / np.radians(62) * np.pi / 2) ** 0.5
    outer = edge + np.stack(
        [0.25 * np.sin(angle), -rng.uniform(0.1, 0.4) * reach, reach], axis=-1
    )
    return sheet(np.stack([edge, outer]), Part.CLOTH)


def hanging_hair(
    rng: np.random.Generator, asset: HeadAsset, skin: np.ndarray, length: float
) -> Mesh:
    """A curtain of hair around the sides and the back of the head.

    Args:
        rng: Draws its waves.
        asset: The head.
        skin: (V, 3) the vertices of the head from which the hair hangs.
        length: Length of the hair in decimetres.
    """
    columns, rows = 33, 9
    first = np.radians(rng.uniform(58, 80))
    angle = np.linspace(first, 2 * np.pi - first, columns)
    roots = skin[nearest(asset, angle, 0.62)] * UP
    outward = np.stack([np.sin(angle), 0 * angle, np.cos(angle)], -1)
    drop = np.linspace(0, 1, rows)[:, None, None]
    waves = rng.uniform(0, 0.05) * np.sin(
        rng.uniform(4, 14) * length * drop + 3 * angle[:, None] + rng.uniform(0, 6)
    )
    spread = rng.uniform(0.0, 0.12) + rng.uniform(0.02, 0.2) * np.sin(np.pi * drop)
    points = roots + outward * (spread + waves)
    points[..., 1] -= (drop * length * (1 + 0.06 * np.sin(9 * angle))[:, None])[..., 0]
    follow = 1 - 0.8 * np.clip((0.2 - points[..., 1]) / 1.6, 0, 1)
    return sheet(points, Part.HAIR, follow)


def nearest(asset: HeadAsset, angle: np.ndarray, up: float) -> np.ndarray:
    """The vertices of the mean head's scalp nearest to some directions.

    Args:
        asset: The head.
        angle: (n,) azimuths in radians.
        up: Their height in decimetres.

    Returns:
        (n,) indices of vertices.
    """
    x, y, z = (asset.mean * UP).T
    scalp = np.flatnonzero((np.abs(y - up) < 0.15) & (asset.ears < 0.1))
    x, y, z = x[scalp], y[scalp], z[scalp]
    turn = np.arctan2(x, z + 0.78) - angle[:, None]
    turn -= 2 * np.pi * np.round(turn / (2 * np.pi))
    return scalp[(turn**2 + (y - up) ** 2).argmin(1)]
