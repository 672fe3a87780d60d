"""Grows a tree of the random forest from patches of depth maps whose heads are known.

Fanelli et al., "Random Forests for Real Time 3D Face Analysis", IJCV 2013, Section 3. Here
a test is chosen by the sum of squares that it leaves, of the votes and of the question
whether a patch shows a head, in place of the authors' entropies.
"""

from typing import NamedTuple

import numpy as np

from .forest import Forest

OFFSET, HEAD = 0.1, 20.0  # degrees that count like 1 mm, and like head or no head
SMALLEST, LARGEST = 0.05, 0.6  # sides of a test's boxes, in sides of the patch
ENOUGH = 500  # patches that choose a test; the others only follow it


class Patches(NamedTuple):
    """Patches of F depth maps of one size.

    Attributes:
        sums: (F, (H + 1) · (W + 1)) int64, what :func:`~.votes.sum_up` gives of each map.
        width: Width W of the maps in pixels.
        size: Width and height of a patch in pixels.
        frame: (N,) int32 the map of each patch.
        start: (N, 2) int32 x, y of its first pixel.
        is_head: (N,) bool
        votes: (N, 6) float32 the way from the point in its middle to the head's centre (mm)
            and the head's rotation about x, y and z (degrees, ``Rx·Ry·Rz``); of heads only.
    """

    sums: np.ndarray
    width: int
    size: tuple[int, int]
    frame: np.ndarray
    start: np.ndarray
    is_head: np.ndarray
    votes: np.ndarray


def grow_tree(
    patches: Patches,
    rng: np.random.Generator,
    tests: int = 120,
    max_depth: int = 20,
    min_patches: int = 8,
) -> Forest:
    """Grow one tree.

    Args:
        patches: What it learns from.
        rng: Draws the tests.
        tests: Number of tests that a node chooses from, each with 31 thresholds.
        max_depth: The largest number of tests on the way to a leaf.
        min_patches: The fewest patches of a leaf.

    Returns:
        A forest of one tree.
    """
    from .splitting import best_test, differences
    from .votes import MICROMETRES, corners

    at = patches.start[:, 1] * (patches.width + 1) + patches.start[:, 0]
    scale = np.array([OFFSET] * 3 + [1] * 3, np.float32)
    aims = np.where(patches.is_head[:, None], patches.votes * scale, 0)
    aims = np.column_stack([patches.is_head, aims]).astype(np.float32)
    right, threshold, boxes, leaves = [], [], [], []
    # (rows, depth, the test whose right child they are, or −1): the left child comes next.
    waiting = [(np.arange(len(at), dtype=np.int32), 0, -1)]
    while waiting:
        rows, depth, parent = waiting.pop()
        if parent >= 0:
            right[parent] = len(right)
        found = None
        heads = patches.is_head[rows].sum()
        if depth < max_depth and len(rows) >= 2 * min_patches and heads >= min_patches:
            drawn = draw_boxes(rng, patches.size, tests)
            steps = corners(drawn, patches.width)
            chosen = rows
            if len(rows) > ENOUGH:
                chosen = rng.choice(rows, ENOUGH, replace=False)
            fewest = max(1, min_patches * len(chosen) // len(rows))
            test, limit = best_test(
                patches.sums, patches.frame, at, aims, chosen, steps, fewest, HEAD**2
            )
            if test >= 0:
                value = differences(
                    patches.sums, patches.frame, at, rows, steps[test : test + 1]
                )
                above = value * MICROMETRES > np.int32(limit)
                if min_patches <= above.sum() <= len(rows) - min_patches:
                    found = above, limit, drawn[test]
        if found is None:
            right.append(-1 - len(leaves))
            threshold.append(0)
            boxes.append(np.zeros(8, np.int32))
            leaves.append(leaf(patches, rows))
            continue
        above, limit, box = found
        waiting.append((rows[above], depth + 1, len(right)))
        waiting.append((rows[~above], depth + 1, -1))
        right.append(0)
        threshold.append(limit)
        boxes.append(box)
    return Forest(
        patches.size,
        np.zeros(1, np.int32),
        np.array(right, np.int32),
        np.array(threshold, np.int32),
        np.array(boxes, np.int32),
        np.array(leaves, np.float32),
    )


def draw_boxes(
    rng: np.random.Generator, size: tuple[int, int], number: int
) -> np.ndarray:
    """Pairs of boxes in a patch, (number, 8) as :attr:`Forest.boxes` has them."""
    sides = np.array([*size])
    low, high = np.maximum(1, SMALLEST * sides), LARGEST * sides
    lengths = np.rint(rng.uniform(low, high, (number, 2, 2))).astype(np.int32)
    starts = np.floor(rng.random(lengths.shape) * (sides - lengths + 1))
    return np.concatenate([starts, lengths], axis=2).reshape(number, 8).astype(np.int32)


def leaf(patches: Patches, rows: np.ndarray) -> np.ndarray:
    """What a leaf says of its patches, a row of :attr:`Forest.leaves`."""
    heads = rows[patches.is_head[rows]]
    if not len(heads):
        return np.zeros(8, np.float32)
    votes = patches.votes[heads].astype(np.float64)
    spread = votes.var(axis=0).sum()
    return np.array([len(heads) / len(rows), spread, *votes.mean(axis=0)], np.float32)
