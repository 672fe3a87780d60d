"""Overlaps of boxes, and which boxes are kept."""

import numpy as np
import pytest

from mmfsa.detection.boxes import box_iou, non_maximum_suppression


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
