"""A tree learns how steep a slope is, and that a hollow is no head."""

import numpy as np
import pytest

pytest.importorskip('numba', reason='depth methods need numba (mmfsa[synth])')

from mmfsa.models.fanelli.growing import Patches, draw_boxes, grow_tree
from mmfsa.models.fanelli.votes import leaves_of, node_table, patches, sum_up

SIDE, SIZE = 24, (12, 12)


def slopes(number, seed):
    """Maps of planes that are turned about y by so many degrees, and of hollows."""
    rng = np.random.default_rng(seed)
    turn = rng.uniform(-50, 50, number)
    is_head = rng.random(number) < 0.8
    rows, columns = np.indices((SIDE, SIDE)) - (SIDE - 1) / 2
    plane = np.tan(np.radians(turn))[:, None, None] * columns * 3
    hollow = -0.5 * (rows**2 + columns**2) * np.ones((number, 1, 1))
    maps = 900 + np.where(is_head[:, None, None], plane, hollow)
    maps += rng.normal(0, 1, maps.shape)
    return np.rint(maps).astype(np.uint16), turn, is_head


def drawn(number, seed):
    maps, turn, is_head = slopes(number, seed)
    sums = np.stack([sum_up(one) for one in maps])
    starts = patches(maps[0], sums[0], SIZE, 4)
    frame = np.repeat(np.arange(number), len(starts)).astype(np.int32)
    votes = np.zeros((len(frame), 6), np.float32)
    votes[:, 4] = turn[frame]
    start = np.tile(starts, (number, 1)).astype(np.int32)
    return Patches(sums, SIDE, SIZE, frame, start, is_head[frame], votes)


def test_it_learns():
    tree = grow_tree(drawn(400, 0), np.random.default_rng(0), tests=60, max_depth=9)
    unseen = drawn(60, 1)
    maps, turn, is_head = slopes(60, 1)
    errors, sure = [], []
    for one, true, head in zip(maps, turn, is_head, strict=True):
        sums = sum_up(one)
        starts = patches(one, sums, SIZE, 4)
        found = leaves_of(starts, sums, SIDE, node_table(tree, SIDE), tree.roots)
        leaves = tree.leaves[found[0]]
        sure.append((leaves[:, 0] > 0.5).mean() - head)
        if head:
            errors.append(np.average(leaves[:, 6], weights=leaves[:, 0] + 1e-9) - true)
    assert np.median(np.abs(errors)) < 4 and np.abs(sure).mean() < 0.1
    assert unseen.size == tree.patch and tree.right[0] > 0


def test_leaves_are_large_enough_and_trees_not_deep():
    grown = drawn(60, 2)
    tree = grow_tree(
        grown, np.random.default_rng(0), tests=20, max_depth=3, min_patches=40
    )
    assert 2 <= len(tree.leaves) <= 8
    again = grow_tree(
        grown, np.random.default_rng(0), tests=20, max_depth=3, min_patches=40
    )
    np.testing.assert_array_equal(tree.boxes, again.boxes)
    np.testing.assert_array_equal(tree.leaves, again.leaves)


def test_boxes_lie_in_the_patch():
    boxes = draw_boxes(np.random.default_rng(0), (40, 30), 500).reshape(-1, 4)
    assert (boxes[:, :2] >= 0).all() and (boxes[:, 2:] >= 1).all()
    assert (boxes[:, :2] + boxes[:, 2:] <= [40, 30]).all()
