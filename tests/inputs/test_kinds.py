"""Kinds of boxes turn into each other by measured rules, and by no others."""

import numpy as np
import pytest

from mmfsa.detection import build_detector
from mmfsa.inputs import RULES, BoxRule, convert_boxes

BOXES = np.array([[10.0, 20, 30, 60], [0, 0, 8, 8]])


def test_a_rule_scales_about_the_centre_and_moves_down():
    result = BoxRule(width=0.5, height=2, down=0.25)(np.array([[0, 0, 8, 4]]))
    np.testing.assert_allclose(result, [[2, -1, 6, 7]])


@pytest.mark.parametrize('kind', ['visible', 'unnamed', 'crop'])
def test_a_box_that_fits_stays_as_it_is(kind):
    assert convert_boxes(BOXES, kind, 'visible') is BOXES


def test_there_is_a_way_through_visible():
    direct = RULES['visible', 'landmarks68'](RULES['wider_face', 'visible'](BOXES))
    through = RULES['visible', 'mtcnn'](RULES['centerface', 'visible'](BOXES))
    np.testing.assert_allclose(convert_boxes(BOXES, 'centerface', 'mtcnn'), through)
    known = convert_boxes(BOXES, 'wider_face', 'landmarks68')
    assert np.abs(known - direct).max() < 0.5  # the measured rule is preferred


def test_there_and_back_is_nearly_where_it_was():
    there = convert_boxes(BOXES, 'landmarks68', 'visible')
    back = convert_boxes(there, 'visible', 'landmarks68')
    np.testing.assert_allclose(back, BOXES, atol=0.1)


def test_an_unknown_kind_is_named():
    with pytest.raises(ValueError, match=r"kind 'nose'.*kind 'visible'.*centerface"):
        convert_boxes(BOXES, 'nose', 'visible')


@pytest.mark.parametrize(
    'name', ['none', 'blazeface', 'blazeface-full', 'centerface', 'mtcnn']
)
def test_every_detectors_boxes_have_a_rule(name):
    try:
        kind = build_detector(name).kind
    except ImportError as e:
        pytest.skip(str(e))
    assert convert_boxes(BOXES, kind, 'visible').shape == BOXES.shape
