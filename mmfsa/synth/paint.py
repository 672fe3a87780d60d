"""Procedural hair, beard, brows and clothes, defined in the mean head's own space.

Each cover has a function that gives the depth of a point inside it, in decimetres. This
depth displaces the mesh at the vertices and colours it at the pixels. So an edge is as
sharp as the picture, even where the mesh is coarse.

Points are (x, up, forward) from the origin of the mean head. They have an azimuth around
the cranium: 0 is the face's middle, ±π the nape.
"""

import math

import numpy as np

from .compiled import compiled, inlined
from .looks import Looks, Outfit
from .person import AZIMUTH

CRANIUM = 0.35, -0.78  # up and forward of the axis and centre that hair grows around
# The noise is tiled. Its side must be a power of two.
NOISE = np.random.default_rng(0).random((128, 128), np.float32)
KNOTS = np.radians(AZIMUTH)
BROW = np.array([[0.13, 0.53], [0.27, 0.59], [0.41, 0.6], [0.55, 0.49]])  # x, up
CHEEK_LINE = np.array(  # azimuth, up
    [[0.35, -0.2], [0.61, -0.12], [0.96, 0.02], [1.15, 0.12], [1.29, 0.3]]
)


@inlined
def ramp(low: float, high: float, value: float) -> float:
    """0 below low, 1 above high, and smooth between them."""
    t = min(max((value - low) / (high - low), 0.0), 1.0)
    return t * t * (3 - 2 * t)


@inlined
def noise(column: float, row: float) -> float:
    """Smooth noise in [0, 1] with one random value per unit step."""
    last = len(NOISE) - 1
    x, y = math.floor(column), math.floor(row)
    u, v = column - x, row - y
    i, j = int(x) & last, int(y) & last
    k, m = (i + 1) & last, (j + 1) & last
    above = NOISE[j, i] * (1 - u) + NOISE[j, k] * u
    below = NOISE[m, i] * (1 - u) + NOISE[m, k] * u
    return above * (1 - v) + below * v


@inlined
def azimuth(x: float, forward: float) -> float:
    """The azimuth of a point around the cranium, in radians."""
    return math.atan2(x, forward - CRANIUM[1])


@inlined
def height_at(edge: np.ndarray, azimuth: float) -> float:
    """The height of an edge at an azimuth; the edge is given at KNOTS."""
    angle, k = abs(azimuth), 1
    while k < len(KNOTS) - 1 and KNOTS[k] < angle:
        k += 1
    t = (angle - KNOTS[k - 1]) / (KNOTS[k] - KNOTS[k - 1])
    return edge[k - 1] + t * (edge[k] - edge[k - 1])


@inlined
def hair_depth(x: float, up: float, azimuth: float, looks: Looks) -> float:
    """How deep a point lies in the hair, in decimetres; negative outside."""
    return up - height_at(looks.hairline, azimuth) + looks.parting * x


@inlined
def hat_depth(up: float, azimuth: float, outfit: Outfit) -> float:
    """How deep a point lies under hat or hood, in decimetres; negative outside."""
    return up - height_at(outfit.hat_edge, azimuth)


@inlined
def mask_depth(x: float, up: float, forward: float, outfit: Outfit) -> float:
    """How deep a point lies under a face mask, in decimetres; negative outside."""
    top = outfit.mask_top - 0.25 * abs(x)
    return min(top - up, up + 0.8 - 0.3 * abs(x), forward + 0.5)


@inlined
def garment_depth(x: float, up: float, forward: float, outfit: Outfit) -> float:
    """How deep a point lies under the clothes, in decimetres; negative outside.

    The collar falls more steeply, the further it is from the neck.
    """
    if up > 0:
        return -1.0
    out = forward + 0.9
    radius = math.sqrt(x * x + out * out) + 1e-6
    dip = outfit.neckline * max(out / radius - 0.6, 0.0)
    slope = max(radius - 0.65, 0.0) * ramp(-0.75, -1.05, up)
    return outfit.collar - 0.25 * out / radius - dip + slope - up


@inlined
def beard_density(x: float, up: float, azimuth: float, looks: Looks) -> float:
    """The density of the beard at a point, in [0, 1]."""
    if up < -1.0 or up > 0.35:
        return 0.0
    x, angle = abs(x), abs(azimuth)
    k = 1
    while k < len(CHEEK_LINE) - 1 and CHEEK_LINE[k, 0] < angle:
        k += 1
    t = (angle - CHEEK_LINE[k - 1, 0]) / (CHEEK_LINE[k, 0] - CHEEK_LINE[k - 1, 0])
    t = min(max(t, 0.0), 1.0)
    cheek = CHEEK_LINE[k - 1, 1] + t * (CHEEK_LINE[k, 1] - CHEEK_LINE[k - 1, 1])
    side = ramp(0.32, 0.45, angle) * ramp(1.47, 1.33, angle)
    side *= ramp(0.03, -0.08, up - cheek)
    chin = ramp(0.49, 0.35, angle) * ramp(-0.4, -0.48, up)
    lip = ramp(0.34, 0.27, x) * ramp(-0.06, -0.11, up) * ramp(-0.5, -0.35, up)
    lip *= 1 - ramp(-0.24, -0.3, up) * ramp(0.24, 0.2, x)  # not over the mouth
    density = max(looks.cheeks * side, looks.chin * chin, looks.moustache * lip)
    return density * ramp(-1.0, -0.85, up)


@inlined
def brow_density(x: float, up: float, forward: float, looks: Looks) -> float:
    """The density of the brows at a point, in [0, 1]."""
    if up < 0.4 or up > 0.75 or forward < -0.35:
        return 0.0
    x = abs(x)
    nearest, along = 9.0, 0.0
    for k in range(len(BROW) - 1):
        dx, dy = BROW[k + 1, 0] - BROW[k, 0], BROW[k + 1, 1] - BROW[k, 1]
        t = ((x - BROW[k, 0]) * dx + (up - BROW[k, 1]) * dy) / (dx * dx + dy * dy)
        t = min(max(t, 0.0), 1.0)
        distance = math.hypot(x - BROW[k, 0] - t * dx, up - BROW[k, 1] - t * dy)
        if distance < nearest:
            nearest, along = distance, (k + t) / (len(BROW) - 1)
    width = looks.brow_width * (1 - 0.6 * along * along)
    return looks.brow_density * ramp(width * 1.5, width * 0.5, nearest)


@compiled
def displace(
    vertices: np.ndarray,
    normals: np.ndarray,
    mean: np.ndarray,
    ears: np.ndarray,
    looks: Looks,
    outfit: Outfit,
) -> None:
    """Lay the covers on the skin, in place.

    Args:
        vertices: (V, 3) float32 of one person's skin in the head's frame; changed.
        normals: (V, 3) float32 unit normals.
        mean: (V, 3) float32 the same vertices of the mean head.
        ears: (V,) float32 mask. Covered ears are pressed to the head.
        looks: The person's looks, compact.
        outfit: The person's clothes, compact.
    """
    for v in range(len(vertices)):
        x, up, forward = mean[v, 0], -mean[v, 1], -mean[v, 2]
        around = azimuth(x, forward)
        hair = hair_depth(x, up, around, looks)
        hat = hat_depth(up, around, outfit)
        cover = max(hair if looks.volume > 0.08 else -1.0, hat)
        if ears[v] > 0 and cover > 0:
            pressed = math.copysign(0.74 + 0.1 * (abs(x) - 0.74), x)
            vertices[v, 0] += ramp(0, 0.05, cover) * ears[v] * (pressed - x)

        bump = noise(
            2.5 * around + 40 * looks.offset[0],
            2.5 * up + 40 * looks.offset[1],
        )
        thickness = 0.0
        if hair > 0:
            thickness = looks.volume * (1 + looks.puff * (2 * bump - 1))
            thickness += looks.crown * ramp(0.7, 1.4, up)
            thickness *= ramp(-0.02, 0.25, hair)
        if hat > 0:
            thickness = min(thickness, 0.06) + outfit.hat_thickness * ramp(0, 0.12, hat)
        if thickness > 0:
            rise = up - CRANIUM[0]
            out = forward - CRANIUM[1]
            rise *= 0.3 if rise < 0 else 1.0
            scale = thickness / max(math.sqrt(x * x + rise * rise + out * out), 1e-3)
            vertices[v, 0] += scale * x
            vertices[v, 1] -= scale * rise
            vertices[v, 2] -= scale * out

        beard = beard_density(x, up, around, looks)
        along = looks.beard_length * beard * (0.6 + 0.8 * bump)
        garment = garment_depth(x, up, forward, outfit)
        if garment > 0:
            along = outfit.garment_thickness * ramp(0, 0.06, garment)
            along *= 0.7 + 0.6 * bump
        for k in range(3):
            vertices[v, k] += along * normals[v, k]

        mask = mask_depth(x, up, forward, outfit)
        if mask > 0:
            smooth = 0.33 - 1.5 * x * x - 0.7 * (up + 0.1) ** 2
            push = max(smooth - forward, 0.02) * ramp(0, 0.15, mask)
            vertices[v, 2] -= min(push, 0.25)
