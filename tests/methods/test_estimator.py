"""A method in the place of a runner's model."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from mmengine import Config

from mmfsa.evaluation.landmark_error import landmark_error
from mmfsa.landmarks import HeadPoints
from mmfsa.methods import LandmarkMethod, MethodEstimator
from mmfsa.methods.estimator import loader
from mmfsa.structures import HeadPoseDataSample
from mmfsa.zoo import get_config


def test_the_protocol_says_the_order_of_the_angles():
    estimator = MethodEstimator(LandmarkMethod(order='as_published'))
    assert estimator.protocol['order'] == 'as_published'


@pytest.mark.parametrize('order', ['xyz', 'as_published'])
def test_settings_of_a_method_without_a_network_count(order):
    cfg = get_config('given_12_pnp')
    asked = Config(dict(method=dict(cfg.method, order=order), model={}))
    runner = SimpleNamespace(cfg=asked)
    assert loader(cfg, None)(runner) == {}
    assert runner.model.method.order == order
    assert runner.model.method.points.subset == 'anthropometric'


def test_a_network_of_crops_needs_its_checkpoint_only():
    assert loader(get_config('fsa_caps_1x1_p1'), None) is None


def frame():
    """A frame with the landmarks of a frontal head, as the pipeline packs it."""
    landmarks = HeadPoints().whole[:, :2] + 150
    sample = HeadPoseDataSample(gt_pose=np.zeros(3, np.float32))
    box = [*landmarks.min(0), *landmarks.max(0)]
    sample.set_metainfo(dict(boxes={'landmarks68': box}, landmarks=landmarks.tolist()))
    return torch.zeros(3, 300, 300, dtype=torch.uint8), sample


def test_landmarks_and_poses_are_found():
    image, sample = frame()
    (found,) = MethodEstimator(LandmarkMethod())([image], [sample])
    assert found.valid and found.pred_pose.abs().max() < 0.1
    np.testing.assert_allclose(found.pred_landmarks, sample.landmarks, atol=1e-3)
    assert landmark_error(found.to_dict()) < 0.01
