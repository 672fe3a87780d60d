"""What the trees of a forest say about the patches of a depth map."""

import numpy as np

from mmfsa.utils.compiled import compiled

from .forest import Forest

FEWEST = 0.1  # of a patch's pixels must have a depth
HALF = 32  # bits of a sum; the number of its pixels is above them
ONE, LOWER = 1 << HALF, (1 << HALF) - 1
MICROMETRES = np.float32(1000)  # of a millimetre: the unit of thresholds


def node_table(forest: Forest, width: int) -> np.ndarray:
    """A forest's nodes for depth maps of a width, each in one row of a cache line.

    Returns:
        (N, 10) int32 the right child, the threshold in thousandths of a millimetre, and the
        steps from a patch's first pixel to the four corners of either box, in the sums of
        :func:`sum_up`.
    """
    steps = corners(forest.boxes, width)
    table = np.column_stack([forest.right, forest.threshold, steps])
    return np.ascontiguousarray(table, dtype=np.int32)


def corners(boxes: np.ndarray, width: int) -> np.ndarray:
    """The steps (N, 8) from a patch's first pixel to the corners of either box, in the sums
    of maps of a width: above left, above right, below left, below right."""
    x, y, w, h = boxes.reshape(-1, 2, 4).transpose(2, 0, 1)
    top, bottom = y * (width + 1), (y + h) * (width + 1)
    steps = [top + x, top + x + w, bottom + x, bottom + x + w]
    return np.stack(steps, axis=-1).reshape(-1, 8).astype(np.int32)


@compiled
def sum_up(depth: np.ndarray) -> np.ndarray:
    """The sum of all depths above and left of a pixel, and their number, in one integer.

    Args:
        depth: (H, W) millimetres, 0 where there is none.

    Returns:
        ((H + 1) · (W + 1),) int64: the sum, and 2³² for each depth. It adds and subtracts
        like a number; of a box, the lower half is the sum.
    """
    height, width = depth.shape
    sums = np.zeros((height + 1, width + 1), np.int64)
    for y in range(height):
        total = np.int64(0)
        for x in range(width):
            value = np.int64(depth[y, x])
            total += value + (ONE if value > 0 else 0)
            sums[y + 1, x + 1] = sums[y, x + 1] + total
    return sums.ravel()


@compiled
def patches(
    depth: np.ndarray, sums: np.ndarray, patch: tuple[int, int], stride: int
) -> np.ndarray:
    """The patches of a depth map whose middle and a tenth of whose pixels have a depth.

    The first one begins half a patch before the depths do, or at the map's edge.

    Args:
        depth: (H, W) millimetres, 0 where there is none.
        sums: What :func:`sum_up` gives.
        patch: Width and height of a patch in pixels.
        stride: Step from patch to patch in pixels.

    Returns:
        (P, 2) int32 x, y of their first pixels.
    """
    height, width = depth.shape
    across, down = patch
    found = [(np.int32(0), np.int32(0)) for _ in range(0)]
    top, left = 0, 0
    while top < height and sums[(top + 1) * (width + 1) + width] == 0:
        top += 1
    while left < width and sums[height * (width + 1) + left + 1] == 0:
        left += 1
    top, left = max(0, top - down // 2), max(0, left - across // 2)
    for y in range(top, height - down + 1, stride):
        for x in range(left, width - across + 1, stride):
            first = y * (width + 1) + x
            last = first + down * (width + 1)
            box = sums[last + across] - sums[last] - sums[first + across] + sums[first]
            full = (box >> HALF) >= FEWEST * across * down
            if full and depth[y + down // 2, x + across // 2] > 0:
                found.append((np.int32(x), np.int32(y)))
    starts = np.empty((len(found), 2), np.int32)
    for i, (x, y) in enumerate(found):
        starts[i, 0], starts[i, 1] = x, y
    return starts


@compiled
def leaves_of(
    starts: np.ndarray,
    sums: np.ndarray,
    width: int,
    nodes: np.ndarray,
    roots: np.ndarray,
) -> np.ndarray:
    """The leaves that patches come to, (T, P) int32, by tree and patch.

    Args:
        starts: (P, 2), what :func:`patches` gives.
        sums: What :func:`sum_up` gives.
        width: The depth map's width.
        nodes: What :func:`node_table` gives.
        roots: (T,) the number of each tree's first node.
    """
    found = np.empty((len(roots), len(starts)), np.int32)
    for tree in range(len(roots)):
        for i in range(len(starts)):
            at = starts[i, 1] * (width + 1) + starts[i, 0]
            node = roots[tree]
            while nodes[node, 0] >= 0:
                one = sums[at + nodes[node, 2]] - sums[at + nodes[node, 3]]
                one += sums[at + nodes[node, 5]] - sums[at + nodes[node, 4]]
                other = sums[at + nodes[node, 6]] - sums[at + nodes[node, 7]]
                other += sums[at + nodes[node, 9]] - sums[at + nodes[node, 8]]
                mean = np.float32(one & LOWER) / np.float32(max(one >> HALF, 1))
                mean -= np.float32(other & LOWER) / np.float32(max(other >> HALF, 1))
                above = mean * MICROMETRES > nodes[node, 1]
                node = nodes[node, 0] if above else node + 1
            found[tree, i] = -1 - nodes[node, 0]
    return found
