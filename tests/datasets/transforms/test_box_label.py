"""The label of a face's box in its crop, and what turns and mirrors make of it."""

import numpy as np

from mmfsa.datasets.transforms import BoxLabel, MirrorFace, RotateInPlane
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
