"""Colours and lights every visible pixel of the painted head, in linear RGB.

Colours and points are tuples of three floats. numba keeps tuples in registers; it would
count arrays at every call.
"""

import math

import numpy as np

from .asset import Part
from .compiled import compiled, inlined
from .looks import Lights, Looks, Outfit
from .paint import (
    azimuth,
    beard_density,
    brow_density,
    garment_depth,
    hair_depth,
    hat_depth,
    mask_depth,
    noise,
    ramp,
)

_, SKIN, EYE, TEETH, TONGUE, HAIR, CLOTH, GLASSES, _, LASHES, LENS = map(int, Part)

# Light goes around an edge of skin, red the furthest: a cheap subsurface scattering.
SKIN_WRAP = 0.35, 0.18, 0.12
OTHER_WRAP = 0.1, 0.1, 0.1
GUMS = 0.22, 0.045, 0.04
TOOTH = 0.62, 0.56, 0.46
SCLERA = 0.5, 0.46, 0.43
BLACK = 0.004, 0.004, 0.004
EYE_CENTRE = 0.277, 0.387  # |x|, up of the mean head's iris at rest
IRIS, PUPIL = 0.062, 0.024

Triple = tuple[float, float, float]


@inlined
def mix(first: Triple, second: Triple, share: float) -> Triple:
    """The first colour at share 0, the second at share 1."""
    return (
        first[0] + share * (second[0] - first[0]),
        first[1] + share * (second[1] - first[1]),
        first[2] + share * (second[2] - first[2]),
    )


@inlined
def scale(colour: Triple, factor: float) -> Triple:
    """A colour or vector, times a factor."""
    return colour[0] * factor, colour[1] * factor, colour[2] * factor


@inlined
def dot(first: Triple, second: Triple) -> float:
    """The dot product."""
    return first[0] * second[0] + first[1] * second[1] + first[2] * second[2]


@inlined
def skin_colour(
    x: float, up: float, forward: float, around: float, masks: Triple, looks: Looks
) -> Triple:
    """The colour of uneven, flushed skin, of lips, eyelids and the mouth's inside."""
    lips, lids, mouth = masks
    column, row = 60 * looks.offset[0], 60 * looks.offset[1]
    fine = noise(24 * x + column, 24 * up + row + 11 * forward) - 0.5
    broad = noise(5 * around + row, 4 * up + column) - 0.5
    blotch = 1 + looks.blotches * (fine + 1.5 * broad)
    flush = 0.0
    if -0.4 < up < 0.4:
        cheek = math.exp(-12 * ((abs(x) - 0.4) ** 2 + (up - 0.02) ** 2))
        tip = math.exp(-40 * (x * x + (up - 0.02) ** 2 + (forward - 0.3) ** 2))
        flush = 0.1 * (cheek + tip)
    red, green, blue = looks.skin
    tone = (red, green * (1 - flush), blue * (1 - flush))
    tone = mix(mix(tone, looks.lids, 0.7 * lids), looks.lips, lips)
    return mix(scale(tone, blotch), GUMS, mouth)


@inlined
def grow_hair(
    tone: Triple,
    x: float,
    up: float,
    forward: float,
    around: float,
    bare: float,
    looks: Looks,
) -> tuple[Triple, float, float]:
    """Mix hair into the tone of skin.

    Args:
        tone: The skin's colour.
        x, up, forward, around: The point in the mean head's space.
        bare: Share of lips and mouth at the point, where no hair grows.
        looks: The person's looks.

    Returns:
        The colour, the share of beard or brow, and the share of the head's hair.
    """
    column, row = 60 * looks.offset[0], 60 * looks.offset[1]
    tangle = noise(40 * around + row, 9 * up + column)
    beard = beard_density(x, up, around, looks) * (1 - bare)
    beard = min(beard * (0.45 + 0.9 * tangle), 1.0)
    brow = min(brow_density(x, up, forward, looks) * (0.7 + 0.6 * tangle), 1.0)
    tone = mix(mix(tone, looks.beard, beard), looks.brows, brow)
    depth = hair_depth(x, up, around, looks) + 0.16 * (tangle - 0.5)
    hair = ramp(-0.05, 0.05, depth)
    hair *= 0.45 + 0.55 * ramp(0, 0.06, looks.volume)  # a shaved head shows skin
    if hair > 0:
        shaggy = strands(up, around, looks) * (1 + 0.2 * (tangle - 0.5))
        tone = mix(tone, scale(looks.hair, shaggy), hair)
    return tone, max(beard, brow), hair


@inlined
def strands(up: float, around: float, looks: Looks) -> float:
    """The brightness of the strand of hair at a point, around 1."""
    column = looks.strand_count * around + 60 * looks.offset[0]
    strand = noise(column, 3 * up + 60 * looks.offset[1])
    return 1 + 1.6 * looks.strand_contrast * (strand - 0.5)


@inlined
def eye_colour(x: float, up: float, looks: Looks) -> Triple:
    """The colour of the eyeball, by the point's place on the eyeball at rest."""
    radius = math.hypot(abs(x) - EYE_CENTRE[0], up - EYE_CENTRE[1])
    iris = scale(looks.iris, 1 - 0.6 * ramp(IRIS * 0.7, IRIS, radius))
    tone = mix(SCLERA, iris, ramp(IRIS * 1.08, IRIS * 0.92, radius))
    return mix(tone, BLACK, ramp(PUPIL * 1.15, PUPIL * 0.85, radius))


@inlined
def cloth_colour(
    x: float, up: float, forward: float, around: float, outfit: Outfit
) -> tuple[bool, Triple]:
    """Whether a point of the body is under cloth, and the cloth's colour."""
    striped = math.sin(6.28 * outfit.stripes[1] * up) > 0
    stripe = 1 - outfit.stripes[0] * striped
    if mask_depth(x, up, forward, outfit) > 0:
        tone, stripe = outfit.mask, 1.0
    elif hat_depth(up, around, outfit) > 0:
        tone = outfit.hat
    elif garment_depth(x, up, forward, outfit) > 0:
        tone = outfit.garment
    else:
        return False, BLACK
    weave = 1 + 0.2 * (noise(40 * x, 40 * up + 30 * forward) - 0.5)
    return True, scale(tone, weave * stripe)


@inlined
def surface(
    part: int, point: Triple, masks: Triple, looks: Looks, outfit: Outfit
) -> tuple[int, Triple, float, int, float]:
    """What is seen at a point.

    Args:
        part: The part that its triangle belongs to.
        point: The point in the mean head's space.
        masks: Shares of lips, eyelids and the mouth's inside.
        looks: The person's looks.
        outfit: The person's clothes.

    Returns:
        The part that is seen, its colour, its gloss, the sheen's exponent, and how far
        hair or cloth lifts the point out of the head's crevices.
    """
    x, up, forward = point[0], -point[1], -point[2]
    around = azimuth(x, forward)
    if part in (SKIN, TEETH, TONGUE):
        dressed, tone = cloth_colour(x, up, forward, around, outfit)
        if dressed:
            return CLOTH, tone, 0.0, 16, 1.0
    if part == SKIN:
        bare = max(masks[0], masks[2])
        tone = skin_colour(x, up, forward, around, masks, looks)
        tone, short, hair = grow_hair(tone, x, up, forward, around, bare, looks)
        if max(short, hair) > 0.5:
            return HAIR, tone, 0.35 * hair, 16, hair
        return SKIN, tone, looks.gloss * (1 + 1.5 * masks[0]), 16, 0.0
    if part == EYE:
        return EYE, eye_colour(x, up, looks), 3.0, 150, 0.2
    if part == HAIR:
        return HAIR, scale(looks.hair, strands(up, around, looks)), 0.35, 16, 1.0
    if part == LASHES:
        return HAIR, looks.brows, 0.0, 16, 0.0
    if part == TEETH:
        return TEETH, TOOTH, 0.5, 16, 0.0
    if part == TONGUE:
        return TONGUE, GUMS, 0.0, 16, 0.0
    if part == CLOTH:
        return CLOTH, outfit.hat, 0.0, 16, 1.0
    return GLASSES, outfit.lens if part == LENS else outfit.frame, 2.0, 60, 1.0


@inlined
def lit_share(point: Triple, lights: Lights) -> float:
    """The share of the first lamp's light that reaches a point: the mean of 3×3 tests."""
    frame, side = lights.frame, len(lights.shadow)
    x = dot(point, (frame[0, 0], frame[0, 1], frame[0, 2])) * lights.scale + side / 2
    y = dot(point, (frame[1, 0], frame[1, 1], frame[1, 2])) * lights.scale + side / 2
    near = dot(point, (frame[2, 0], frame[2, 1], frame[2, 2])) + 0.07
    lit = 0
    for dy in range(-1, 2):
        for dx in range(-1, 2):
            i, j = int(x + dx * lights.softness), int(y + dy * lights.softness)
            inside = 0 <= i < side and 0 <= j < side
            if not inside or near > lights.shadow[j, i]:
                lit += 1
    return lit / 9


@compiled
def shade(
    triangle: np.ndarray,
    weights: np.ndarray,
    triangles: np.ndarray,
    parts: np.ndarray,
    attributes: np.ndarray,
    looks: Looks,
    outfit: Outfit,
    lights: Lights,
) -> tuple[np.ndarray, np.ndarray]:
    """Colour and light the pixels that the rasteriser found.

    Args:
        triangle: (H, W) int32 from the rasteriser.
        weights: (H, W, 2) float32 from the rasteriser.
        triangles: (T, 3) int32.
        parts: (T,) uint8.
        attributes: (V, 13) float32: point and normal in the camera's frame, point in
            the mean head's space, masks of lips, eyelids and mouth, openness.
        looks: The person's looks, compact.
        outfit: The person's clothes, compact.
        lights: The light.

    Returns:
        (H, W, 3) float32 linear RGB and (H, W) uint8 parts, 0 where nothing is.
    """
    height, width = triangle.shape
    image = np.zeros((height, width, 3), np.float32)
    label = np.zeros((height, width), np.uint8)
    value = np.zeros(13)
    for row in range(height):
        for column in range(width):
            t = triangle[row, column]
            if t < 0:
                continue
            a, b, c = triangles[t]
            u, v = weights[row, column]
            for k in range(13):
                value[k] = u * attributes[a, k] + v * attributes[b, k]
                value[k] += (1 - u - v) * attributes[c, k]
            point = (value[0], value[1], value[2])
            normal = (value[3], value[4], value[5])
            rest = (value[6], value[7], value[8])
            masks = (value[9], value[10], value[11])
            length = math.sqrt(dot(normal, normal)) + 1e-9
            if parts[t] >= HAIR and normal[2] > 0:  # the back of a sheet
                length = -length
            normal = scale(normal, 1 / length)

            part, tone, gloss, shine, lift = surface(
                parts[t], rest, masks, looks, outfit
            )
            label[row, column] = part
            sky = value[12] + 0.6 * lift * (1 - value[12])
            for k in range(3):
                around = lights.ambient[k]
                for d in range(3):
                    around += lights.gradient[d, k] * normal[d]
                image[row, column, k] = tone[k] * max(around, 0.0) * sky
            wrap = SKIN_WRAP if part == SKIN else OTHER_WRAP
            for lamp in range(len(lights.colours)):
                facing, half = 0.0, 0.0
                for k in range(3):
                    facing += normal[k] * lights.directions[lamp, k]
                    half += normal[k] * lights.halfways[lamp, k]
                if facing < -wrap[0]:
                    continue
                share = lit_share(point, lights) if lamp == 0 else sky
                sheen = 0.0
                if gloss > 0 and facing > 0 and half > 0:
                    sheen = 0.005 * gloss * (shine + 8) * half**shine * facing
                for k in range(3):
                    soft = max((facing + wrap[k]) / (1 + wrap[k]), 0.0)
                    light = lights.colours[lamp, k] * share
                    image[row, column, k] += light * (tone[k] * soft + sheen)
    return image, label
