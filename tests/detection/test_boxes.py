"""Overlaps of boxes, and which boxes are kept."""

import numpy as np
import pytest

from mmfsa.detection.boxes import (
    box_iou,
    merge_overlapping,
    non_maximum_suppression,
)


def test_iou_of_boxes_apart_and_empty():
    boxes = np.array([[0, 0, 1, 1], [5, 5, 5, 5]])
    other = np.array([[2, 0, 3, 1], [5, 5, 5, 5]])
    assert (box_iou(boxes, other) == 0).all()
    assert box_iou(np.empty((0, 4)), other).shape == (0, 2)


def test_suppression_keeps_the_surest_of_each_cluster():
    boxes = np.array([[0, 0, 10, 10], [1, 0, 11, 10], [50, 50, 60, 60]])
    kept = non_maximum_suppression(boxes, np.array([0.5, 0.9, 0.7]), 0.5)
    assert kept.tolist() == [1, 2]


@pytest.mark.parametrize(('of_smaller', 'kept'), [(False, [0, 1]), (True, [0])])
def test_suppression_of_a_small_box_inside_a_large_one(of_smaller, kept):
    boxes = np.array([[0, 0, 100, 100], [10, 10, 30, 30]])
    result = non_maximum_suppression(boxes, np.array([0.9, 0.8]), 0.7, of_smaller)
    assert result.tolist() == kept


def test_merged_boxes_are_weighted_by_their_scores():
    values = np.array([[0, 0, 10, 10, 7], [3, 0, 13, 10, 1], [50, 50, 60, 60, 5.0]])
    merged, scores = merge_overlapping(values, np.array([0.25, 0.75, 0.5]), 0.3)
    np.testing.assert_allclose(merged, [[2.25, 0, 12.25, 10, 2.5], values[2]])
    assert scores.tolist() == [0.75, 0.5]


def test_merging_ends_where_boxes_have_no_area():
    merged, scores = merge_overlapping(np.zeros((3, 4)), np.ones(3), 0.3)
    assert merged.shape == (3, 4) and len(scores) == 3
    assert merge_overlapping(np.empty((0, 4)), np.empty(0), 0.3)[0].shape == (0, 4)
