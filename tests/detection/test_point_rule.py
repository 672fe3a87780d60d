"""Six landmarks put BlazeFace's boxes right: mirrored alike, and nearer to the face."""

import cv2
import numpy as np
import pytest

from mmfsa.detection import BlazeFace, BlazeFaceFull
from mmfsa.detection.boxes import box_iou
from mmfsa.inputs import convert_boxes
from mmfsa.synth.renderer import HeadRenderer

MIRRORED = [1, 0, 2, 3, 5, 4]
RULES = pytest.mark.parametrize('place', [BlazeFace.place, BlazeFaceFull.place])


@RULES
def test_a_mirrored_face_has_the_mirrored_box(place):
    rng = np.random.default_rng(0)
    upright = np.array([[70, 80], [110, 82], [92, 100], [90, 120], [50, 84], [130, 86]])
    landmarks = (upright + rng.normal(0, 5, (9, 6, 2))).astype(np.float32)
    boxes = np.tile(np.float32([45, 50, 135, 140]), (9, 1))
    placed = place(boxes, landmarks)
    turned = place(
        (200 - boxes[:, [2, 1, 0, 3]]) * [1, 0, 1, 0] + boxes * [0, 1, 0, 1],
        landmarks[:, MIRRORED] * [-1, 1] + [200, 0],
    )
    np.testing.assert_allclose(turned[:, [1, 3]], placed[:, [1, 3]], atol=1e-3)
    np.testing.assert_allclose(200 - turned[:, [2, 0]], placed[:, [0, 2]], atol=1e-3)
    # twice as large, elsewhere
    larger = place(2 * boxes + 30, 2 * landmarks + 30)
    np.testing.assert_allclose(larger, 2 * placed + 30, atol=1e-2)


@RULES
def test_a_face_on_its_side_keeps_its_box(place):
    landmarks = np.float32(
        [[[80, 110], [82, 70], [100, 92], [120, 90], [84, 130], [86, 50]]]
    )
    boxes = np.float32([[45, 50, 135, 140]])
    np.testing.assert_array_equal(place(boxes, landmarks), boxes)
    assert place(boxes[:0], landmarks[:0]).shape == (0, 4)


def test_the_boxes_of_turned_heads_are_nearer(detector):
    render, detect = HeadRenderer(), detector('blazeface-full')
    before, after = [], []
    for subject in range(8):
        head = render(seed=5, subject=subject, index=0, pose=[50 - 12 * subject, 5, 0])
        target = np.concatenate([head.landmarks.min(0), head.landmarks.max(0)])[None]
        image = cv2.resize(head.image, None, fx=3, fy=3)
        for overlaps, place in ((before, lambda b, _: b), (after, detect.place)):
            detect.place = place
            found = detect(image)
            del detect.place
            boxes = convert_boxes(found.boxes / 3, found.kind, 'landmarks68')
            overlaps.append(box_iou(boxes, target).max(initial=0))
    assert np.mean(after) > np.mean(before) + 0.05
