"""300W-LP and AFLW2000: real samples, then every kind of damage."""

import numpy as np
import pytest
from scipy.io import savemat

from mmfsa.datasets import HeadPoseDataset

POINTS = np.array([[60.0, 90.0, 75.0], [50.0, 55.0, 100.0]])
RADIANS = np.array([[-0.1, 0.5, 0.2, 1, 2, 3, 1e-3]])


def truncate(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def test_real_aflw2000(shared, converter, tmp_path):
    src = shared / 'data' / 'AFLW2000'
    index, report = converter('aflw2000', src, tmp_path / 'aflw2000')
    assert report['found'] == index['metainfo']['num_found'] == 500
    # Two labels are no angles; the paper's filter drops them too.
    assert report['dropped'] == {
        'angle beyond ±180': ['image00150.jpg', 'image00339.jpg']
    }
    dataset = HeadPoseDataset(
        data_root=str(tmp_path / 'aflw2000'),
        filter_cfg=dict(max_angle=99),
        pipeline=[dict(type='LoadImageFromFile'), dict(type='CropFace')],
    )
    assert len(dataset) == 491
    assert dataset.metainfo['box_source'] == 'landmarks'
    face = dataset[0]
    assert face['img'].shape == (64, 64, 3)
    np.testing.assert_allclose(
        face['gt_pose'], [1.044306, -22.874239, 4.908885], atol=1e-5
    )


def test_real_300wlp(shared, converter, tmp_path):
    index, report = converter('300wlp', shared / 'data' / '300W_LP', tmp_path / 'out')
    assert (report['found'], report['kept']) == (9, 9)
    faces = {entry['img_path']: entry for entry in index['data_list']}
    face = faces['AFW/AFW_134212_1_0.jpg']
    # The authors' own example of this file's angles.
    assert face['pitch'] == pytest.approx(-18.200389, abs=1e-5)
    assert face['yaw'] == pytest.approx(26.867261, abs=1e-5)
    assert face['roll'] == pytest.approx(-8.615160, abs=1e-5)
    mirrored = faces['AFW_Flip/AFW_134212_1_0.jpg']
    assert face['sequence'] == mirrored['sequence'] == 'AFW_134212_1'
    assert (tmp_path / 'out' / 'angles.png').stat().st_size > 5000
    root = tmp_path / 'out' / index['metainfo']['img_root']
    assert all((root / name).is_file() for name in faces)


def test_entry_of_a_face(converter, write_face, tmp_path):
    hidden = np.hstack([POINTS, [[-1.0], [40.0]]])
    write_face(tmp_path / 'src', 'image1', points=hidden)
    index, _ = converter('aflw2000', tmp_path / 'src', tmp_path / 'out')
    (entry,) = index['data_list']
    assert entry.pop('img_path') == 'image1.jpg'
    # The mask by x is the smaller one: the point at x = −1 is not counted.
    assert entry.pop('face_box') == [60, 50, 90, 100]
    degrees = np.degrees([0.5, -0.1, 0.2])
    np.testing.assert_allclose([*entry.values()], degrees, atol=1e-6)
    assert index['metainfo']['img_root'] == '../src'
    assert index['metainfo']['format_version'] == 1


def test_every_kind_of_damage_is_counted_and_named(converter, write_face, tmp_path):
    src = tmp_path / 'src'
    far = POINTS + 200
    write_face(src, 'good')
    write_face(src, 'wide', pose=RADIANS * 5)  # 143 degrees: kept here
    write_face(src, 'partly', points=np.hstack([POINTS, [[149.0], [125.0]]]))
    write_face(src, 'truncated')
    truncate(src / 'truncated.jpg')
    (src / 'text.jpg').write_text('no image')
    (src / 'empty.jpg').touch()
    write_face(src, 'lonely')
    (src / 'lonely.mat').unlink()
    write_face(src, 'garbage')
    (src / 'garbage.mat').write_bytes(b'garbage' * 50)
    write_face(src, 'cut')
    truncate(src / 'cut.mat')
    savemat(src / 'imageless.mat', {'Pose_Para': RADIANS})
    write_face(src, 'poseless')
    savemat(src / 'poseless.mat', {'pt2d': POINTS})
    write_face(src, 'pointless')
    savemat(src / 'pointless.mat', {'Pose_Para': RADIANS})
    write_face(src, 'nan', pose=RADIANS * np.nan)
    write_face(src, 'beyond', pose=RADIANS * 10)
    write_face(src, 'outside', points=far)
    write_face(src, 'unseen', points=-np.ones((2, 21)))
    write_face(src, 'nan_points', points=np.where(POINTS == 55, np.nan, POINTS))
    write_face(src, 'dot', points=np.full((2, 3), 60.0))
    write_face(src, 'twice')
    write_face(src, 'twice', suffix='.png')

    index, report = converter('aflw2000', src, tmp_path / 'out')
    assert report['dropped'] == {
        'unreadable image': ['empty.jpg', 'text.jpg', 'truncated.jpg'],
        'missing .mat': ['lonely.jpg'],
        'unreadable .mat': ['cut.jpg', 'garbage.jpg'],
        'missing image': ['imageless.mat'],
        'no Pose_Para': ['poseless.jpg'],
        'no pt2d': ['pointless.jpg'],
        'NaN label': ['nan.jpg'],
        'angle beyond ±180': ['beyond.jpg'],
        'landmarks outside the image': ['outside.jpg'],
        'NaN landmarks': ['nan_points.jpg'],
        'no landmark is seen': ['unseen.jpg'],
        'empty face box': ['dot.jpg'],
        'duplicate name': ['twice.png'],
    }
    assert report['kept_with_a_note'] == {
        'some landmarks outside the image': ['partly.jpg']
    }
    assert report['kept_beyond_99_degrees'] == 1
    kept = [entry['img_path'] for entry in index['data_list']]
    assert kept == ['good.jpg', 'partly.jpg', 'twice.jpg', 'wide.jpg']
    metainfo = index['metainfo']
    assert metainfo['num_found'] == len(kept) + sum(metainfo['num_dropped'].values())
    assert all('note' not in entry for entry in index['data_list'])


def test_300wlp_needs_its_folders(converter, write_face, tmp_path):
    write_face(tmp_path / 'src', 'image1')
    with pytest.raises(SystemExit) as error:
        converter('300wlp', tmp_path / 'src', tmp_path / 'out')
    assert 'AFW' in str(error.value)
