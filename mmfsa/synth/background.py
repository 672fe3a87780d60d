"""Draws backgrounds: studios, rooms, shelves, trees and lights, from plain shapes."""

from collections.abc import Callable

import cv2
import numpy as np

from .factors import pick


def draw_background(rng: np.random.Generator, size: int, p_plain: float) -> np.ndarray:
    """Draw a background that is more or less out of focus.

    Args:
        rng: Draws the kind and all details.
        size: Width and height in pixels.
        p_plain: Probability of a backdrop of one colour.

    Returns:
        (size, size, 3) float32 linear RGB with a mean of 1.
    """
    kinds: dict[Callable, float] = {room: 0.46, shelves: 0.18, trees: 0.2, lights: 0.16}
    draw = studio
    if rng.random() >= p_plain:
        draw = pick(rng, list(kinds), kinds.values())
    image = draw(rng, size)
    if rng.random() < 0.7:
        image = image * np.exp(rng.uniform(0, 0.4) * clouds(rng, size))[..., None]
    blur = size * np.exp(rng.uniform(np.log(0.002), np.log(0.06)))
    image = cv2.GaussianBlur(image, (0, 0), blur)
    return image / max(image.mean(), 1e-6)


def studio(rng: np.random.Generator, size: int) -> np.ndarray:
    """One colour, brighter on one side."""
    corners = np.exp(rng.normal(0, 0.35, (2, 2, 1)) + rng.normal(0, 0.04, (2, 2, 3)))
    corners = (tone(rng) * corners).astype(np.float32)
    return cv2.resize(corners, (size, size), interpolation=cv2.INTER_LINEAR)


def room(rng: np.random.Generator, size: int) -> np.ndarray:
    """Walls, furniture, windows, people: upright blurred boxes."""
    image = studio(rng, size)
    for _ in range(rng.integers(2, 12)):
        centre, sides = rng.uniform(0, size, 2), size * rng.uniform(0.05, [0.5, 0.9])
        corners = cv2.boxPoints((centre, sides, rng.normal(0, 6))).astype(np.int32)
        colour = tone(rng) * (5 if rng.random() < 0.1 else 1)
        cv2.fillConvexPoly(image, corners, colour.tolist())
    return image


def shelves(rng: np.random.Generator, size: int) -> np.ndarray:
    """Things in a row, upright or lying: books, blinds, bricks, fences."""
    image = studio(rng, size)
    palette = [tone(rng) for _ in range(rng.integers(2, 6))]
    turn = cv2.getRotationMatrix2D((size / 2, size / 2), rng.normal(0, 8), 1.2)
    step = size * rng.uniform(0.03, 0.15)
    for row in np.arange(0, size, size * rng.uniform(0.1, 1.0)):
        for column in np.arange(0, size, step):
            corner = int(column), int(row + step * rng.random())
            far = int(column + step * rng.uniform(0.6, 1)), size
            colour = palette[rng.integers(len(palette))] * rng.uniform(0.6, 1.4)
            cv2.rectangle(image, corner, far, colour.tolist(), -1)
    if rng.random() < 0.5:
        image = image.transpose(1, 0, 2)
    return cv2.warpAffine(image, turn, (size, size), borderMode=cv2.BORDER_REFLECT)


def trees(rng: np.random.Generator, size: int) -> np.ndarray:
    """Foliage below, sky above, mixed by noise."""
    leaves = np.array([0.12, 0.2, 0.05]) * np.exp(rng.normal(0, 0.25, 3))
    sky = np.array([0.5, 0.65, 0.95]) * np.exp(rng.normal(0, 0.2, 3))
    height = np.linspace(1, -1, size)[:, None] * 2 + rng.normal(0, 2)
    share = 1 / (1 + np.exp(-3 * (height + clouds(rng, size))))[..., None]
    texture = np.exp(0.7 * clouds(rng, size))[..., None]
    return (share * sky + (1 - share) * leaves * texture).astype(np.float32)


def lights(rng: np.random.Generator, size: int) -> np.ndarray:
    """Discs of light, far out of focus, in the dark."""
    image = studio(rng, size)
    for _ in range(rng.integers(5, 40)):
        centre = tuple(int(v) for v in rng.integers(0, size, 2))
        colour = tone(rng) * np.exp(rng.uniform(0, 2.5))
        radius = int(size * rng.uniform(0.01, 0.08))
        cv2.circle(image, centre, radius, colour.tolist(), -1)
    return image


def tone(rng: np.random.Generator) -> np.ndarray:
    """(3,) linear RGB. Most colours are dull, and some are not."""
    tint = rng.normal(0, 1, 3) * pick(rng, [0.06, 0.2, 0.5], [0.5, 0.3, 0.2])
    return np.clip(np.exp(rng.normal(-1.7, 1.0) + tint), 0.002, 1.0)


def clouds(rng: np.random.Generator, size: int) -> np.ndarray:
    """(size, size) float32 noise with deviation 1, whose spectrum falls as 1 / f."""
    field = np.zeros((size, size), np.float32)
    for cells in (3, 6, 12, 24, 48):
        grid = rng.normal(0, 1 / cells**0.5, (cells, cells)).astype(np.float32)
        field += cv2.resize(grid, (size, size), interpolation=cv2.INTER_CUBIC)
    return field / field.std()
