import copy
import pickle
import resource
import shutil

import cv2
import numpy as np
import pytest
import torch
from mmengine.dataset import ConcatDataset, pseudo_collate
from torch.utils.data import DataLoader

from mmfsa.datasets import HeadPoseDataset
from mmfsa.registry import DATASETS

CROP = [dict(type='LoadImageFromFile'), dict(type='CropFace')]
AUGMENT = [dict(type='RandomCropPaste'), dict(type='RandomZoom')]
PACK = [dict(type='PackHeadPoseInputs')]


def images(data):
    return torch.stack([sample['inputs'] for sample in data])


def images_by_loader(dataset, workers, epochs, set_epoch):
    loader = DataLoader(
        dataset,
        batch_size=3,
        num_workers=workers,
        persistent_workers=workers > 0,
        collate_fn=pseudo_collate,
    )
    result = []
    for epoch in epochs:
        set_epoch(epoch)
        result.append(torch.cat([torch.stack(batch['inputs']) for batch in loader]))
    return torch.stack(result)


def test_sample(write_index):
    dataset = DATASETS.build(
        dict(type='HeadPoseDataset', data_root=str(write_index()), pipeline=CROP + PACK)
    )
    sample = dataset[3]
    assert sample['inputs'].shape == (3, 64, 64)
    assert sample['inputs'].dtype == torch.uint8
    face = sample['data_samples']
    assert face.gt_pose.dtype == np.float32
    assert face.img_path.endswith('photos/3.png')
    assert (face.img_id, face.sequence, face.frame) == (3, '01', 3)
    assert face.boxes == dict(unnamed=[53, 40, 90, 83])
    assert face.crop_box == (30, 14, 112, 108)


def test_metainfo_states_what_a_result_depends_on(write_index):
    def widen(index):
        index['data_list'][0]['yaw'] = -99.5
        index['data_list'][1]['roll'] = 99.0

    dataset = HeadPoseDataset(
        data_root=str(write_index(widen)),
        pipeline=CROP + PACK,
        filter_cfg=dict(max_angle=99),
        split=dict(fraction=0.5, part='val'),
    )
    metainfo = dataset.metainfo
    assert metainfo['num_found'] == 10
    assert metainfo['num_kept'] == len(dataset) == 5
    assert metainfo['max_angle'] == 99
    assert metainfo['box_source'] == 'drawn'
    assert metainfo['split'] == dict(fraction=0.5, part='val')
    assert '0.6' in metainfo['crop'] and '64x64' in metainfo['crop']


def test_max_angle_keeps_its_bound(write_index):
    def widen(index):
        index['data_list'][0]['yaw'] = -99.01
        index['data_list'][1]['roll'] = 99.0

    root = str(write_index(widen))
    kept = HeadPoseDataset(data_root=root, filter_cfg=dict(max_angle=99))
    ids = [kept.get_data_info(i)['img_id'] for i in range(len(kept))]
    assert ids == list(range(1, 10))
    assert len(HeadPoseDataset(data_root=root)) == 10


def test_lazy_init_and_indices(write_index):
    root = str(write_index())
    dataset = HeadPoseDataset(data_root=root, lazy_init=True, indices=3)
    assert not dataset._fully_initialized
    assert len(dataset) == 3


@pytest.mark.parametrize(
    ('key', 'value', 'message'),
    [
        ('yaw', float('nan'), 'entry 4.png.*nan'),
        ('pitch', -180.5, 'entry 4.png.*-180.5'),
        ('roll', 'north', 'entry 4.png.*north'),
        ('face_box', [90, 40, 50, 80], r'entry 4.png.*\[90, 40, 50, 80\]'),
        ('face_box', [50, 40, 90], 'entry 4.png'),
        ('yaw', None, 'entry 4.png.*float'),
        ('weight', -1, 'entry 4.png: weight -1 must be'),
        ('weight', [1, 1], r'entry 4.png: weight \[1, 1\] must be'),
        ('weight', None, 'entry 4.png: weight None must be'),
    ],
)
def test_bad_content_is_named(write_index, key, value, message):
    root = write_index(lambda index: index['data_list'][4].update({key: value}))
    with pytest.raises(ValueError, match=message) as error:
        HeadPoseDataset(data_root=str(root))
    assert 'index.json' in str(error.value)


@pytest.mark.parametrize('key', ['img_path', 'face_box', 'yaw', 'pitch', 'roll'])
def test_missing_key_is_named(write_index, key):
    root = write_index(lambda index: index['data_list'][4].pop(key))
    with pytest.raises(ValueError, match=rf'index.json: entry .*4.*: no {key}'):
        HeadPoseDataset(data_root=str(root))


def test_index_that_is_no_index(write_index):
    root = write_index()
    (root / 'index.json').write_text('{"data_list": [')
    with pytest.raises(ValueError, match=r'index\.json'):
        HeadPoseDataset(data_root=str(root))
    (root / 'index.json').write_text('{"data_list": []}')
    with pytest.raises(ValueError, match=r'index\.json.*metainfo'):
        HeadPoseDataset(data_root=str(root))


def test_nothing_left_is_an_error(write_index):
    with pytest.raises(ValueError, match=r'index\.json.*keep none of 10'):
        HeadPoseDataset(data_root=str(write_index()), filter_cfg=dict(max_angle=0.1))


def test_images_that_have_moved(write_index):
    root = write_index()
    (root / 'photos').rename(root / 'elsewhere')
    with pytest.raises(ValueError, match=r'photos.*data_prefix'):
        HeadPoseDataset(data_root=str(root), pipeline=CROP)
    dataset = HeadPoseDataset(
        data_root=str(root), pipeline=CROP, data_prefix=dict(img_path='elsewhere')
    )
    assert dataset[0]['img'].shape == (64, 64, 3)


def test_missing_data_set_says_what_to_do(tmp_path):
    with pytest.raises(FileNotFoundError) as error:
        HeadPoseDataset(data_root=str(tmp_path / 'aflw2000'))
    message = str(error.value)
    assert str(tmp_path / 'aflw2000') in message
    assert 'http' in message
    assert 'mmfsa data aflw2000 ' in message
    assert 'configs/fsa_caps_1x1_synth.py' in message


def test_missing_heads_are_to_be_rendered(tmp_path):
    with pytest.raises(
        FileNotFoundError, match=r'mmfsa synth --num 9000 --seed 0 --out '
    ):
        HeadPoseDataset(data_root=str(tmp_path / 'synth'))


def test_unknown_filter(write_index):
    with pytest.raises(ValueError, match='min_size'):
        HeadPoseDataset(data_root=str(write_index()), filter_cfg=dict(min_size=3))


@pytest.mark.parametrize('cache', [False, True])
def test_augmentation_follows_from_seed_epoch_and_index(write_index, cache):
    def dataset():
        return HeadPoseDataset(
            data_root=str(write_index()), pipeline=CROP + AUGMENT + PACK, cache=cache
        )

    here, there = dataset(), dataset()
    two_epochs = images_by_loader(here, 0, [0, 1], here.set_epoch)
    by_workers = images_by_loader(there, 2, [0, 1], there.set_epoch)
    assert torch.equal(two_epochs, by_workers)
    assert not torch.equal(two_epochs[0], two_epochs[1])

    resumed = dataset()
    resumed.set_epoch(1)
    assert torch.equal(images([resumed[i] for i in range(10)]), two_epochs[1])
    resumed.set_epoch(1, seed=7)
    assert not torch.equal(images([resumed[i] for i in range(10)]), two_epochs[1])


def test_wrapped_datasets_share_their_epoch(write_index):
    root = str(write_index())
    parts = [
        HeadPoseDataset(data_root=root, pipeline=CROP + AUGMENT + PACK)
        for _ in range(2)
    ]

    def set_epoch(epoch):
        for part in parts:
            part.set_epoch(epoch)

    epochs = images_by_loader(ConcatDataset(parts), 2, [0, 1], set_epoch)
    assert not torch.equal(epochs[0], epochs[1])
    assert torch.equal(epochs[1][:10], epochs[1][10:])


def test_cache_gives_the_same_samples(write_index):
    root = write_index()
    plain = HeadPoseDataset(data_root=str(root), pipeline=CROP + PACK)
    cached = HeadPoseDataset(
        data_root=str(root),
        pipeline=CROP + PACK,
        cache=True,
        split=dict(fraction=0.5, part='val'),
    )
    cached[0]
    shutil.rmtree(root / 'photos')
    (root / 'photos').mkdir()
    (file,) = root.glob('crops_*.npy')
    again = HeadPoseDataset(data_root=str(root), pipeline=CROP + PACK, cache=True)
    assert [*root.glob('crops_*')] == [file]
    assert len(again) == 10 and len(cached) == 5
    for sample in cached:
        twin = again[sample['data_samples'].img_id]
        assert torch.equal(sample['inputs'], twin['inputs'])
        assert sample['data_samples'].crop_box == twin['data_samples'].crop_box
    with pytest.raises(OSError, match=r'index\.json: entry 0: .*No such file'):
        plain[0]


def test_cache_equals_the_pipeline_and_is_keyed_by_it(write_index):
    root = write_index()
    for crop in (
        dict(type='CropFace'),
        dict(type='CropFace', pad=0.2, border='reflect'),
    ):
        pipeline = [CROP[0], crop, *PACK]
        plain = HeadPoseDataset(data_root=str(root), pipeline=pipeline)
        cached = HeadPoseDataset(data_root=str(root), pipeline=pipeline, cache=True)
        for one, other in zip(plain, cached, strict=True):
            assert torch.equal(one['inputs'], other['inputs'])
            assert (
                str(one['data_samples']).split('at 0x')[0]
                == (str(other['data_samples']).split('at 0x')[0])
            )
    assert len([*root.glob('crops_*.npy')]) == 2
    write_index(lambda index: index['data_list'][0].update(face_box=[40, 40, 80, 80]))
    HeadPoseDataset(data_root=str(root), pipeline=pipeline, cache=True)[0]
    assert len([*root.glob('crops_*.npy')]) == 3

    image = root / 'photos' / '4.png'
    cv2.imwrite(str(image), 255 - cv2.imread(str(image)))
    mended = HeadPoseDataset(data_root=str(root), pipeline=pipeline, cache=True)
    plain = HeadPoseDataset(data_root=str(root), pipeline=pipeline)
    assert torch.equal(mended[4]['inputs'], plain[4]['inputs'])


@pytest.mark.parametrize('damage', ['cut', 'flipped bit', 'no digest', 'empty'])
def test_a_damaged_cache_is_built_again(write_index, damage):
    root = write_index()
    settings = dict(data_root=str(root), pipeline=CROP + PACK)
    HeadPoseDataset(**settings, cache=True)[0]
    (file,) = root.glob('crops_*.npy')
    whole = file.read_bytes()
    content = {
        'cut': whole[:-5000],
        'flipped bit': whole[:9000] + bytes([whole[9000] ^ 4]) + whole[9001:],
        'no digest': whole[:-32],
        'empty': b'',
    }[damage]
    file.write_bytes(content)
    cached = HeadPoseDataset(**settings, cache=True)
    plain = HeadPoseDataset(**settings)
    for one, other in zip(plain, cached, strict=True):
        assert torch.equal(one['inputs'], other['inputs'])
    assert file.read_bytes() == whole


def test_cached_dataset_pickles_small(write_index):
    dataset = HeadPoseDataset(
        data_root=str(write_index()), pipeline=CROP + PACK, cache=True
    )
    before = dataset[2]['inputs']
    pickled = pickle.dumps(dataset)
    assert len(pickled) < 64 * 64 * 3 * len(dataset) / 2
    assert torch.equal(pickle.loads(pickled)[2]['inputs'], before)
    assert torch.equal(copy.deepcopy(dataset)[2]['inputs'], before)
    assert torch.equal(dataset.get_subset([2])[0]['inputs'], before)


@pytest.mark.parametrize(
    ('pipeline', 'message'),
    [
        (PACK, 'must start with'),
        ([CROP[0], *PACK, CROP[1]], 'must start with'),
        ([CROP[0], dict(type='CropFace', pad=(0.3, 0.8))], 'differs from epoch'),
        ([CROP[0], dict(type='CropFace', shift=0.1)], 'differs from epoch'),
    ],
)
def test_cache_needs_a_fixed_crop(write_index, pipeline, message):
    with pytest.raises(ValueError, match=message):
        HeadPoseDataset(data_root=str(write_index()), pipeline=pipeline, cache=True)


def test_cache_that_can_not_be_written_leaves_nothing(write_index):
    root = write_index()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (64 * 1024, limits[1]))
    try:
        with pytest.raises(OSError, match='too large'):
            HeadPoseDataset(data_root=str(root), pipeline=CROP, cache=True)[0]
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert sorted(p.name for p in root.iterdir()) == ['index.json', 'photos']


def test_npz(tmp_path):
    image = np.random.RandomState(0).randint(0, 256, (6, 64, 64, 3), np.uint8)
    pose = np.linspace(-120, 100, 18).reshape(6, 3)
    np.savez(tmp_path / 'AFW.npz', image=image, pose=pose, img_size=64)
    dataset = HeadPoseDataset(
        'AFW.npz',
        data_root=str(tmp_path),
        pipeline=CROP + PACK,
        filter_cfg=dict(max_angle=99),
    )
    assert len(dataset) == dataset.metainfo['num_kept'] == 4
    assert dataset.metainfo['num_found'] == 6
    assert dataset.metainfo['dataset'] == 'AFW'
    for sample in dataset:
        row = sample['data_samples'].img_id
        assert (np.abs(pose[row]) <= 99).all()
        np.testing.assert_array_equal(
            sample['inputs'].numpy(), image[row].transpose(2, 0, 1)
        )
        np.testing.assert_allclose(sample['data_samples'].gt_pose, pose[row], rtol=1e-6)


@pytest.mark.parametrize(
    ('arrays', 'message'),
    [
        (dict(pose=np.zeros((2, 3))), 'image'),
        (dict(image=np.zeros((2, 8, 8, 3)), pose=np.zeros((2, 3))), 'uint8'),
        (dict(image=np.zeros((2, 8, 8, 3), np.uint8), pose=np.zeros((3, 3))), 'pose'),
        (
            dict(image=np.zeros((2, 8, 8, 3), np.uint8), pose=np.full((2, 3), np.nan)),
            'row 0 of pose.*nan',
        ),
        (dict(image=np.array([{}]), pose=np.zeros((1, 3))), 'pickle'),
    ],
)
def test_bad_npz(tmp_path, arrays, message):
    np.savez(tmp_path / 'x.npz', **arrays)
    with pytest.raises(ValueError, match=rf'x\.npz.*{message}'):
        HeadPoseDataset('x.npz', data_root=str(tmp_path))


def test_truncated_npz(tmp_path):
    np.savez(tmp_path / 'x.npz', image=np.zeros((2, 8, 8, 3), np.uint8))
    content = (tmp_path / 'x.npz').read_bytes()
    (tmp_path / 'x.npz').write_bytes(content[: len(content) // 2])
    with pytest.raises(ValueError, match=r'x\.npz'):
        HeadPoseDataset('x.npz', data_root=str(tmp_path))
