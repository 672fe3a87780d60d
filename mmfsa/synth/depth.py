"""Depth maps of rendered heads, exact or as the first Kinect measures them."""

import cv2
import numpy as np

MM = 100.0  # in a decimetre, the renderer's unit
FLAT = 0.01  # nearness within a pixel differs by less than this share on one surface
BASELINE = 75.0  # mm between the Kinect's camera and its projector
STEPS = 8  # of a disparity in one pixel
STEEPEST = (
    75.0  # degrees between the ray and a surface's normal; beyond nothing is seen
)
JITTER, BLUR = 0.35, 1.2  # pixels: how far measured points move, and how smoothly
UNSURE = 0.45  # disparity steps: deviation of the noise
RAGGED = 0.5  # the share of the pixels at an edge that are holes


def depth_map(nearness: np.ndarray) -> np.ndarray:
    """The depth map of a picture that was rendered twice as large.

    Where the four samples of a pixel show one surface, the pixel has their mean; at an
    edge it has the nearest.

    Args:
        nearness: (2H, 2W) float32 of :func:`~mmfsa.synth.rasterizer.rasterize`, one over
            decimetres; not above 0 where nothing is.

    Returns:
        (H, W) float32 millimetres, 0 where nothing is.
    """
    height, width = nearness.shape[0] // 2, nearness.shape[1] // 2
    four = nearness.reshape(height, 2, width, 2)
    nearest, farthest = four.max((1, 3)), four.min((1, 3))
    near = np.where(farthest > (1 - FLAT) * nearest, four.mean((1, 3)), nearest)
    seen = nearest > 0
    return np.where(seen, MM / np.where(seen, near, 1), 0).astype(np.float32)


def kinect(depth: np.ndarray, focal: float, rng: np.random.Generator) -> np.ndarray:
    """A depth map as a camera measures it that sees the dots of a projector beside it.

    The disparity between both is measured in steps of an eighth of a pixel: the error
    grows with the square of the distance (Khoshelham and Elberink, "Accuracy and
    Resolution of Kinect Depth Data", Sensors 2012). The measured point is a little beside
    the pixel, as in Barron and Malik, "Intrinsic Scene Properties from a Single RGB-D
    Image", CVPR 2013. Holes are what the projector does not reach, surfaces seen at a
    grazing angle, and ragged edges.

    Args:
        depth: (H, W) millimetres, 0 where nothing is.
        focal: The camera's focal length in pixels.
        rng: Draws the noise.

    Returns:
        (H, W) uint16 millimetres, 0 where nothing is measured.
    """
    depth = np.asarray(depth, np.float32)
    hole = in_shadow(depth, focal) | is_steep(depth, focal)
    edge = (depth > 0) & (cv2.erode(depth, np.ones((3, 3))) < 0.98 * depth)
    hole |= edge & (rng.random(depth.shape) < RAGGED)
    rows, columns = np.indices(depth.shape, np.float32)
    moved = [
        cv2.GaussianBlur(rng.standard_normal(depth.shape, np.float32), (0, 0), BLUR)
        for _ in range(3)
    ]
    across, down, noise = (part / part.std() for part in moved)
    beside = cv2.remap(
        depth, columns + JITTER * across, rows + JITTER * down, cv2.INTER_NEAREST
    )
    beside = np.where((beside > 0) & (depth > 0), beside, depth)
    measured = beside > 0
    disparity = focal * BASELINE / np.where(measured, beside, 1)
    disparity = np.rint(disparity * STEPS + UNSURE * noise) / STEPS
    measured &= (disparity > 0) & ~hole
    found = focal * BASELINE / np.where(measured, disparity, 1)
    return np.where(measured, np.rint(found), 0).astype(np.uint16)


def in_shadow(depth: np.ndarray, focal: float) -> np.ndarray:
    """Which pixels a projector on the camera's right does not reach, (H, W) bool.

    Along a row the projector sees all points in the camera's order. A point that it would
    see out of order is hidden by a nearer one.
    """
    columns = np.arange(depth.shape[1], dtype=np.float32)
    seen = depth > 0
    # The projector's column of each point.
    place = np.where(
        seen, columns - focal * BASELINE / np.where(seen, depth, 1), np.inf
    )
    first = np.minimum.accumulate(place[:, ::-1], axis=1)[:, ::-1]
    hidden = np.zeros_like(seen)
    hidden[:, :-1] = place[:, :-1] > first[:, 1:]
    return hidden & seen


def is_steep(depth: np.ndarray, focal: float) -> np.ndarray:
    """Which pixels show a surface at a grazing angle, (H, W) bool."""
    slopes = []
    for axis in (0, 1):
        before, after = np.roll(depth, 1, axis), np.roll(depth, -1, axis)
        known = (before > 0) & (after > 0)
        slopes.append(np.where(known, (after - before) / 2, 0))
    size = np.maximum(depth, 1) / focal  # mm of a pixel
    return np.hypot(*slopes) > np.tan(np.radians(STEEPEST)) * size
