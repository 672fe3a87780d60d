"""The rules of released test codes crop as the released code does, pixel for pixel."""

from dataclasses import replace

import numpy as np
import pytest

from mmfsa.inputs import CropRule
from mmfsa.inputs.pipelines import PIPELINES, in_order, pipeline_rule

ANY = 450, 450


@pytest.fixture(scope='module')
def golden(shared):
    """What the original data sets handed to PIL for ten made-up faces."""
    return np.load(shared / 'reference/rivals/golden/units_crops.npz')


def whole_crops(boxes, rules):
    """The crops before the shorter side and the middle are taken."""
    rules = (replace(rule, square=False, scale=1) for rule in rules)
    pairs = zip(boxes.tolist(), rules, strict=True)
    return np.array([rule.apply(box, ANY) for box, rule in pairs])


@pytest.mark.parametrize('original', ['hopenet', 'sixdrepnet', 'tokenhpe', 'yakhyo'])
def test_aflw2000(golden, original):
    boxes = golden['box_minmax_all_points64']
    expected = golden[f'{original}_AFLW2000']
    for name in PIPELINES:
        rule = pipeline_rule(name, 'AFLW2000')
        assert rule.box == 'pt2d_raw'
        crops = whole_crops(boxes, [rule] * len(boxes))
        np.testing.assert_array_equal(crops, expected)
    cut = [replace(rule, whole='truncate')] * len(boxes)
    assert np.abs(whole_crops(boxes, cut) - expected).max() == 1


def test_biwi(golden):
    boxes = golden['box_minmax_all_points64']
    rules = [pipeline_rule('hopenet', 'BIWI')] * len(boxes)
    crops = whole_crops(boxes, rules)
    np.testing.assert_array_equal(crops, golden['hopenet_BIWI_int'])


def test_300w_lp(golden):
    """The crop of the training, whose k is drawn."""
    pads = [in_order(0.6 * k, 2 * k, 0.6 * k, 0.6 * k) for k in golden['train_k64']]
    rules = [
        CropRule(pad=pad, border='constant', whole='truncate_crop') for pad in pads
    ]
    crops = whole_crops(golden['box_minmax_all_points64'], rules)
    np.testing.assert_array_equal(crops, golden['hopenet_Pose_300W_LP'])


@pytest.mark.parametrize(('name', 'resize'), [('hopenet', 224), ('sixdrepnet', 256)])
def test_the_middle_is_what_resizing_and_cutting_leave(golden, name, resize):
    """Within a pixel: the original resizes its whole crop before it cuts the middle."""
    rule = pipeline_rule(name, 'AFLW2000')
    for box, crop in zip(
        golden['box_minmax_all_points64'].tolist(),
        golden['hopenet_AFLW2000'],
        strict=True,
    ):
        middle, size = (crop[:2] + crop[2:]) / 2, crop[2:] - crop[:2]
        half = size.min() * 224 / resize / 2
        expected = [*(middle - half), *(middle + half)]
        assert np.abs(np.array(rule.apply(box, ANY)) - expected).max() <= 1.5


def test_what_there_is_no_rule_for():
    with pytest.raises(ValueError, match="no pipeline 'fsanet': there are hopenet"):
        pipeline_rule('fsanet', 'AFLW2000')
    with pytest.raises(ValueError, match='crops AFLW2000, not BIWI: choose another'):
        pipeline_rule('sixdrepnet', 'BIWI')


def test_the_words_say_what_is_special():
    words = str(pipeline_rule('hopenet', 'AFLW2000'))
    assert '0.4 left, 0.4 above, 0.56 right, 0.168 below' in words
    assert 'from the exact box' in words
