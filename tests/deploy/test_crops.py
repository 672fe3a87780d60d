"""Which faces of a data set are compared on."""

import numpy as np
import pytest
from mmengine import Config

from mmfsa.deploy.crops import largest_angle, read_crops
from mmfsa.zoo import get_config

POSES = np.array([[10, 20, 30], [100, 0, 0], [-5, 0, 170]])


@pytest.fixture
def data_set(tmp_path):
    images = np.random.default_rng(0).integers(0, 256, (3, 64, 64, 3), np.uint8)
    np.savez(tmp_path / 'faces.npz', image=images, pose=POSES)
    return tmp_path / 'faces.npz'


@pytest.mark.parametrize(
    ('max_angle', 'kept'), [(None, [0, 1, 2]), (120, [0, 1]), (99, [0])]
)
def test_faces_stay_as_far_as_the_model_goes(data_set, model_file, max_angle, kept):
    card = model_file('fsa_caps_1x1_p1')[1]
    crops, labels = read_crops(data_set, card, max_angle=max_angle)
    np.testing.assert_array_equal(labels, POSES[kept])
    assert len(crops) == len(kept)


def test_the_limit_is_that_of_the_experiments_test_set():
    assert largest_angle(get_config('fsa_caps_1x1_p1')) == 99
    assert largest_angle(Config()) is None
    full_range = dict(dataset=dict(type='HeadPoseDataset', filter_cfg=None))
    assert largest_angle(Config(dict(test_dataloader=full_range))) is None
