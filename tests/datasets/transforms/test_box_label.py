"""The label of a face's box in its crop, and what turns and mirrors make of it."""

import cv2
import numpy as np
import pytest

from mmfsa.datasets.transforms import (
    BoxLabel,
    MirrorFace,
    RandomCrop,
    RandomCropPaste,
    RandomResizedCrop,
    RandomZoom,
    RotateInPlane,
)
from mmfsa.datasets.transforms import PackHeadPoseInputs as Pack


def face():
    return {
        'img': np.zeros((20, 20, 3), np.uint8),
        'boxes': {'landmarks68': [15.0, 20.0, 30.0, 40.0]},
        'crop_box': (10, 20, 30, 60),
        'gt_pose': np.zeros(3, np.float32),
    }


def test_the_box_in_the_units_of_the_crop():
    results = BoxLabel()(face())
    np.testing.assert_allclose(results['gt_box'], [-0.5, -1, 1, 0])
    sample = Pack()(results)['data_samples']
    np.testing.assert_allclose(sample.gt_box, results['gt_box'])
    assert 'gt_box' not in BoxLabel('visible')(face())


def test_mirrored_and_turned():
    mirrored = MirrorFace(prob=1)(BoxLabel()(face()))
    np.testing.assert_allclose(mirrored['gt_box'], [-1, -1, 0.5, 0])
    assert 'gt_box' not in RotateInPlane(prob=1)(BoxLabel()(face()))


def test_a_crop_that_is_turned_has_no_label():
    assert 'gt_box' not in BoxLabel()(face() | dict(turn=20.0))


@pytest.mark.parametrize(
    'step',
    [
        RandomCrop(size=(90, 84)),
        RandomCropPaste(prob=1),
        RandomResizedCrop(size=(70, 90), scale=(0.75, 1)),
        RandomZoom(prob=1),
    ],
    ids=lambda step: type(step).__name__,
)
def test_it_follows_the_pixels(step):
    """The box is a bright rectangle: its edges are where the brightness halves."""
    box = 30, 36, 62, 70
    image = np.zeros((100, 96, 3), np.uint8)
    cv2.rectangle(image, box[:2], (box[2] - 1, box[3] - 1), (200, 200, 200), -1)
    for seed in range(6):
        np.random.seed(seed)
        results = dict(
            img=image.copy(), boxes=dict(landmarks68=box), crop_box=(0, 0, 96, 100)
        )
        results = step(BoxLabel()(results))
        height, width = results['img'].shape[:2]
        found = (results['gt_box'].reshape(2, 2) + 1) / 2 * (width, height)
        inside = cv2.inRange(results['img'][..., 0], 150, 220)
        y, x = inside.nonzero()
        seen = [[x.min(), y.min()], [x.max() + 1, y.max() + 1]]
        np.testing.assert_allclose(found, seen, atol=1.3)
