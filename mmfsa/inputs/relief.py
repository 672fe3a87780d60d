"""The depth of a face as a network sees it: its relief, in the 256 steps of a byte."""

from collections.abc import Sequence

import numpy as np

STEP = 1.5  # mm of one step
FACE = 128  # the step of the face's distance; nearer is more
HOLE = 0  # nothing is measured, or it is too far from the face
CENTRE = 0.4  # of the box's sides: the face's distance is that of what lies within
WHAT = (
    f'relief: {FACE} at the distance of the face, 1 more for each {STEP} mm nearer, '
    f'{HOLE} where nothing is measured'
)


def relief_of(depth: np.ndarray, box: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
    """The relief of the face in a box.

    A face has the same relief at any distance: it says how much nearer or farther a point
    is than the face, in steps of :data:`STEP` millimetres. The face's distance is the
    median of what is measured in the middle of the box, or of all of the box where there
    is nothing.

    Args:
        depth: (H, W) millimetres, 0 where none was measured.
        box: left, top, right, bottom in pixels; it may reach beyond the map.

    Returns:
        (H, W) float32 relief, 1 to 255, and 0 where there is none; and (H, W) bool where
        there is one.
    """
    left, top, right, bottom = box
    across, down = CENTRE * (right - left), CENTRE * (bottom - top)
    middle = (left + across, top + down, right - across, bottom - down)
    for inner in (middle, box):
        x1, y1, x2, y2 = (max(0, round(value)) for value in inner)
        seen = depth[y1 : max(y1 + 1, y2), x1 : max(x1 + 1, x2)]
        seen = seen[seen > 0]
        if seen.size:
            break
    else:
        return np.zeros(depth.shape, np.float32), np.zeros(depth.shape, bool)
    relief = FACE + (np.median(seen) - depth.astype(np.float32)) / np.float32(STEP)
    near = (depth > 0) & (relief >= 1) & (relief <= 255)
    return np.where(near, relief, HOLE).astype(np.float32), near


def shows_a_head(relief: np.ndarray) -> bool:
    """Whether a relief (H, W) can be that of a head.

    A tenth of it must be measured, and not flat as a wall: a head is as deep as 40 mm.
    """
    measured = relief[relief != HOLE]
    if measured.size < relief.size / 10:
        return False
    low, high = np.percentile(measured, (2, 98))
    return bool((high - low) * STEP > 40)
