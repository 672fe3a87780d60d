import copy
import json

import cv2
import numpy as np
import pytest
import torch
from mmengine.registry import DefaultScope
from torch.utils.data import DataLoader

from mmfsa.registry import DATASETS

LOAD, PACK = dict(type='LoadImageFromFile'), dict(type='PackHeadPoseInputs')
CROP = dict(type='CropFace')
CHOICE = dict(
    type='RandomChoice',
    transforms=[[dict(type='CropFace', border=b)] for b in ('replicate', 'constant')],
    prob=[0.75, 0.25],
)
AUGMENT = [
    dict(type='MirrorFace'),
    dict(type='RotateInPlane'),
    dict(type='ColorJitter'),
    dict(type='Blur'),
    dict(type='Occlude'),
]


@pytest.fixture(autouse=True)
def scope():
    """mmengine's and mmcv's own wrappers build what they hold in the runner's scope."""
    with DefaultScope.overwrite_default_scope('mmfsa'):
        yield


def faces(root, *pipeline, **more):
    return (
        dict(
            type='HeadPoseDataset',
            data_root=str(root),
            pipeline=[LOAD, *pipeline, PACK],
        )
        | more
    )


def build(dataset, **settings):
    return DATASETS.build(
        dict(type='ResidentDataset', dataset=copy.deepcopy(dataset), **settings)
    )


def images(dataset):
    return torch.stack([sample['inputs'] for sample in dataset])


def poses(dataset):
    return np.stack([sample['data_samples'].gt_pose for sample in dataset])


def test_without_augmentation_it_is_the_data_set(write_index):
    config = faces(write_index(), CROP)
    resident, alone = build(config, chunk=3), DATASETS.build(config)
    assert len(resident) == len(alone) == 10
    difference = images(resident).int() - images(alone).int()
    assert difference.abs().max() <= 1
    assert np.array_equal(poses(resident), poses(alone))
    sample = resident[4]['data_samples']
    assert (sample.img_id, sample.sequence, sample.frame) == (4, '02', 4)


def test_labels_of_landmarks_are_given_out(write_index):
    index = write_index() / 'index.json'
    content = json.loads(index.read_text())
    for i, entry in enumerate(content['data_list']):
        entry['landmarks'] = np.random.RandomState(i).uniform(20, 90, (68, 2)).tolist()
    index.write_text(json.dumps(content))
    config = faces(index.parent, CROP, dict(type='LandmarkLabel'))
    for one, other in zip(build(config), DATASETS.build(config), strict=True):
        found, label = (s['data_samples'].gt_landmarks for s in (one, other))
        np.testing.assert_allclose(found, label, atol=1e-5)


def test_augmentation_follows_from_seed_and_epoch(write_index):
    config = faces(write_index(), CHOICE, *AUGMENT)
    one, other = build(config), build(config)
    first = images(one), poses(one)
    one.set_epoch(1)
    assert not torch.equal(images(one), first[0])
    one.set_epoch(0, seed=5)
    assert not torch.equal(images(one), first[0])
    one.set_epoch(0)
    assert torch.equal(images(one), first[0]) and np.array_equal(poses(one), first[1])
    assert torch.equal(images(other), first[0])


def test_loaders_get_the_same_faces_as_one_at_a_time(write_index):
    resident = build(faces(write_index(), CROP, *AUGMENT))
    loader = DataLoader(resident, 4, sampler=[7, 0, 3, 9], collate_fn=list)
    for epoch in range(2):
        resident.set_epoch(epoch)
        (batch,) = loader
        for index, face in zip((7, 0, 3, 9), batch, strict=True):
            assert torch.equal(face['inputs'], images(resident)[index])
            assert np.array_equal(face['data_samples'].gt_pose, poses(resident)[index])
            assert face['data_samples'].img_id == index


def test_indices_are_those_of_a_list(write_index):
    resident = build(faces(write_index(), CROP))
    assert torch.equal(resident[-1]['inputs'], resident[9]['inputs'])
    assert resident[-1]['data_samples'].img_id == 9
    for beyond in (10, -11):
        with pytest.raises(IndexError, match='range object index out of range'):
            resident[beyond]


def test_parts_have_pipelines_of_their_own(write_index):
    root = write_index()
    config = dict(
        type='ConcatDataset',
        datasets=[
            faces(root, CROP),
            faces(root, CROP, dict(type='MirrorFace', prob=1)),
        ],
    )
    resident = build(config)
    assert len(resident) == 20
    assert torch.equal(resident[13]['inputs'], resident[3]['inputs'].flip(2))
    assert resident[13]['data_samples'].img_id == 3


def test_cached_crops_may_come_of_any_images(write_index):
    root = write_index()
    cv2.imwrite(str(root / 'photos/7.png'), np.full((200, 170, 3), 90, np.uint8))
    turn = dict(type='RotateInPlane', max_angle=20)
    resident = build(faces(root, CROP, turn, cache=True))
    assert resident[7]['inputs'].unique().tolist() == [90]
    assert poses(resident).shape == (10, 3)


@pytest.mark.parametrize('kind', ['size', 'unreadable'])
def test_bad_images_are_named(kind, write_index):
    root = write_index()
    path = root / 'photos/7.png'
    if kind == 'size':
        cv2.imwrite(str(path), np.zeros((9, 9, 3), np.uint8))
        message = r'7\.png has the shape \(9, 9, 3\), .*0\.png \(120, 150, 3\)'
    else:
        path.write_bytes(b'no image')
        message = r'7\.png'
    with pytest.raises((ValueError, AssertionError), match=message):
        build(faces(root, CROP))[0]


def test_bad_pipelines(write_index):
    root = write_index()
    with pytest.raises(NotImplementedError, match='JPEGCompress works on one image'):
        images(build(faces(root, CROP, dict(type='JPEGCompress'))))
    with pytest.raises(NotImplementedError, match='Resize works on one image'):
        images(build(faces(root, dict(type='Resize', scale=(64, 64)))))
    with pytest.raises(ValueError, match='must begin with LoadImageFromFile'):
        build(faces(root, CROP) | dict(pipeline=[CROP, PACK])).load()
