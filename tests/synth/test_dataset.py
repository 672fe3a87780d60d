"""The data set that renders while it loads."""

import numpy as np
import pytest
import torch
from mmengine.dataset import pseudo_collate
from torch.utils.data import DataLoader

from mmfsa.synth import SyntheticHeadDataset

PIPELINE = [dict(type='CropFace'), dict(type='PackHeadPoseInputs')]


@pytest.fixture
def dataset(renderer):
    return SyntheticHeadDataset(num=12, seed=3, per_subject=2, pipeline=PIPELINE)


def test_it_gives_what_an_index_gives(dataset):
    item = dataset[5]
    assert item['inputs'].shape == (3, 64, 64)
    assert item['inputs'].dtype == torch.uint8
    sample = item['data_samples']
    assert np.array_equal(sample.gt_pose, dataset.renderer(3, 2, 1).pose)
    assert sample.subject == '3/2'
    assert len(sample.crop_box) == 4
    assert dataset.metainfo['box_source'] == 'landmarks'


def test_the_number_of_workers_changes_nothing(dataset):
    def epoch(workers):
        loader = DataLoader(
            dataset, batch_size=4, num_workers=workers, collate_fn=pseudo_collate
        )
        return torch.stack([img for batch in loader for img in batch['inputs']])

    assert torch.equal(epoch(1), epoch(2))


def test_factors_of_the_config_reach_the_heads(renderer):
    narrow = SyntheticHeadDataset(num=8, pipeline=PIPELINE, factors=dict(max_angle=20))
    poses = [narrow[i]['data_samples'].gt_pose for i in range(len(narrow))]
    assert np.abs(poses).max() <= 20
