"""Draws things in front of a face: a hand, a microphone, somebody's shoulder."""

import cv2
import numpy as np

from .asset import Part
from .looks import Lights
from .person import reflectance
from .shot import cloth_colour


def occlude(
    rng: np.random.Generator, scene: np.ndarray, mask: np.ndarray, light: Lights
) -> None:
    """Draw one thing over a part of the head, in place.

    Args:
        rng: Draws the thing and its place.
        scene: (S, S, 3) float32 linear RGB, drawn on.
        mask: (S, S) uint8 of :class:`~mmfsa.synth.asset.Part`, drawn on.
        light: The thing reflects the mean of this light.
    """
    size = len(scene)
    cover = np.zeros((size, size), np.uint8)
    turn = rng.uniform(0, 2 * np.pi)
    towards = np.array([np.cos(turn), np.sin(turn)])
    tip = size * (0.5 + rng.uniform(0.1, 0.28) * towards)
    if rng.random() < 0.6:
        colour = reflectance(rng.uniform(0.02, 1.3), rng.uniform(0.3, 1))
        width = size * rng.uniform(0.035, 0.055)
        across = np.array([-towards[1], towards[0]])
        for finger in range(4):
            start = tip + across * width * 1.3 * (finger - 1.5)
            start += towards * width * rng.uniform(0, 1.2)
            line(cover, start, start + towards * size, width)
    else:
        colour = cloth_colour(rng)
        line(cover, tip, tip + towards * size, size * rng.uniform(0.05, 0.3))
    depth = cv2.distanceTransform((cover > 127).astype(np.uint8), cv2.DIST_L2, 3)
    rounding = 0.5 + 0.5 * np.clip(depth / (0.025 * size), 0, 1)
    power = light.ambient + 0.5 * light.colours.mean(0)
    thing = (colour * power * rng.uniform(0.4, 1.2)).astype(np.float32)
    edge = cv2.GaussianBlur(cover, (0, 0), rng.uniform(0.3, 1.5)) / np.float32(255)
    scene += edge[..., None] * (rounding[..., None] * thing - scene)
    mask[edge > 0.5] = Part.OCCLUDER


def line(cover: np.ndarray, start: np.ndarray, end: np.ndarray, width: float) -> None:
    """Draw a thick line with round ends, in place."""
    ends = [tuple(int(v) for v in np.rint(point)) for point in (start, end)]
    cv2.line(cover, *ends, 255, max(int(width), 1), cv2.LINE_AA)
