"""What the tests of the models share: small networks, and data samples."""

import numpy as np
import pytest
import torch

from mmfsa.registry import MODELS
from mmfsa.structures import HeadPoseDataSample


@pytest.fixture(scope='session')
def samples():
    """Make data samples of poses; keywords become their metainfo."""

    def make(poses, **metainfo):
        return [
            HeadPoseDataSample(gt_pose=np.array(pose, np.float32), metainfo=metainfo)
            for pose in poses
        ]

    return make


@pytest.fixture(scope='session')
def network():
    """Build an estimator around a head, on crops (N, 3, 64, 64); keywords change it."""

    def build(head, **changes):
        torch.manual_seed(0)
        cfg = dict(
            type='HeadPoseEstimator',
            backbone=dict(type='TwoStreamBackbone'),
            neck=dict(
                type='FSANeck',
                scoring=dict(type='ConvScoring'),
                mapping=dict(type='StructureMapping'),
                aggregation=dict(type='LinearAggregation'),
            ),
            head=dict(type=head) if isinstance(head, str) else head,
        )
        model = MODELS.build({**cfg, **changes})
        model.init_weights()
        return model.eval()

    return build
