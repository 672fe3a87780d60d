"""The error of landmarks: by hand, in crops and in frames, and beside the pose's errors."""

import numpy as np
import pytest
import torch
from mmengine.evaluator import Evaluator

from mmfsa.evaluation.landmark_error import landmark_error, normalized_mean_error
from mmfsa.structures import HeadPoseDataSample

# A box of 40 by 10: the root of its area is 20.
LABEL = np.array([[0.0, 0], [40, 0], [40, 10], [0, 10]])


def test_by_hand():
    moved = LABEL + np.array([[3, 4], [0, 0], [0, 0], [0, 0]])
    assert normalized_mean_error(moved, LABEL) == pytest.approx(100 * 5 / 4 / 20)
    both = np.stack([moved, LABEL])
    np.testing.assert_allclose(
        normalized_mean_error(both, np.stack([LABEL, LABEL])), [6.25, 0]
    )


def test_no_unit_and_no_place_changes_it():
    found = LABEL + np.random.default_rng(0).normal(0, 2, LABEL.shape)
    expected = normalized_mean_error(found, LABEL)
    again = normalized_mean_error(3 * found + [5, -9], 3 * LABEL + [5, -9])
    assert again == pytest.approx(expected)


def test_of_a_frame_and_of_a_crop_that_is_no_square():
    found = LABEL + np.array([2.0, 1])
    frame = dict(pred_landmarks=torch.tensor(found), landmarks=LABEL.tolist())
    expected = landmark_error(frame)
    assert expected == pytest.approx(100 * 5**0.5 / 20)
    sides = np.array([100, 50])
    crop = dict(
        pred_landmarks=torch.tensor(found / sides),
        gt_landmarks=LABEL / sides,
        crop_box=(7, 9, 107, 59),
    )
    assert landmark_error(crop) == pytest.approx(expected)
    with_depth = np.concatenate([found, np.ones((4, 1))], axis=1)
    assert landmark_error(frame | dict(pred_landmarks=with_depth)) == expected


@pytest.mark.parametrize(
    'change',
    [
        dict(pred_landmarks=None),
        dict(landmarks=None),
        dict(pred_landmarks=np.full((4, 2), np.nan)),
        dict(pred_landmarks=LABEL[:3]),
    ],
)
def test_unknown_landmarks_have_no_error(change):
    assert landmark_error(dict(pred_landmarks=LABEL, landmarks=LABEL) | change) is None


def scores(places):
    """The metrics of faces whose landmarks lie so far to the right; half are profiles."""
    samples = []
    for i, place in enumerate(places):
        pose = torch.tensor([0.0 if i % 2 else 70, 0, 0])
        sample = HeadPoseDataSample(pred_pose=pose, gt_pose=pose)
        if place is not None:
            sample.pred_landmarks = torch.tensor(LABEL + np.array([place, 0]))
        sample.set_metainfo(dict(img_path=f'{i}.jpg', landmarks=LABEL.tolist()))
        samples.append(sample)
    evaluator = Evaluator(dict(type='mmfsa.HeadPoseMetric'))
    evaluator.dataset_meta = {}
    evaluator.process(samples)
    return evaluator.evaluate(len(samples)), evaluator.metrics[0]


def test_it_stands_beside_the_errors_of_the_pose():
    metrics, metric = scores([1, 2, 3, None])
    assert metrics['head_pose/NME'] == pytest.approx(10)
    assert metric.table['yaw 60-90']['NME'] == pytest.approx(10)
    assert metric.table['yaw 0-30']['NME'] == pytest.approx(10)
    assert 'nme' not in metric.predictions[0]


def test_a_group_without_landmarks():
    metrics, metric = scores([1, None])
    assert metrics['head_pose/NME'] == pytest.approx(5)
    assert metric.table['yaw 0-30']['NME'] is None
    metrics, metric = scores([None, None])
    assert 'head_pose/NME' not in metrics and 'NME' not in metric.table['all']
