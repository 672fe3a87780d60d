"""Detections are chosen, and the rule from a detector's box to the landmarks' box."""

import numpy as np

from mmfsa.detection import BoxRule, Detections


def test_detections_are_chosen():
    found = Detections(np.arange(8.0).reshape(2, 4), np.array([0.9, 0.8]))
    chosen = found.take(np.array([False, True]))
    assert chosen.boxes.tolist() == [[4, 5, 6, 7]]
    assert chosen.landmarks is None


def test_a_box_rule_scales_and_moves_down():
    boxes = np.array([[10, 20, 30, 60], [0, 0, 10, 10]])
    result = BoxRule(width=0.5, height=2, down=0.25)(boxes)
    np.testing.assert_allclose(result, [[15, 10, 25, 90], [2.5, -2.5, 7.5, 17.5]])
