"""A method in the place of a model: what it finds stands in the data samples."""

import numpy as np
import torch

from mmfsa.evaluation.landmark_error import landmark_error
from mmfsa.landmarks import HeadPoints
from mmfsa.methods import LandmarkMethod, MethodEstimator
from mmfsa.structures import HeadPoseDataSample


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
