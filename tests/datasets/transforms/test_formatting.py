import pickle

import numpy as np
import torch

from mmfsa.datasets.transforms import PackHeadPoseInputs

IMAGE = np.arange(4 * 5 * 3, dtype=np.uint8).reshape(4, 5, 3)


def test_packs_image_and_what_is_known():
    pose = np.array([1, 2, 3], np.float32)
    packed = PackHeadPoseInputs()(
        {'img': IMAGE, 'gt_pose': pose, 'img_path': 'a.jpg', 'weight': 0.5, 'other': 1}
    )
    assert packed['inputs'].shape == (3, 4, 5)
    assert packed['inputs'].is_contiguous()
    assert packed['inputs'].dtype == torch.uint8
    np.testing.assert_array_equal(packed['inputs'][2], IMAGE[..., 2])
    face = packed['data_samples']
    assert isinstance(face.gt_pose, np.ndarray) and face.gt_pose is pose
    assert dict(face.metainfo_items()) == {'img_path': 'a.jpg', 'weight': 0.5}


def test_packs_without_a_label():
    face = PackHeadPoseInputs()({'img': IMAGE})['data_samples']
    assert 'gt_pose' not in face


def test_meta_keys_choose_and_samples_pickle():
    transform = PackHeadPoseInputs(meta_keys=['sequence'])
    results = {'img': IMAGE, 'sequence': '01', 'img_path': 'a.jpg'}
    face = pickle.loads(pickle.dumps(transform(results)))['data_samples']
    assert dict(face.metainfo_items()) == {'sequence': '01'}
