"""300W-LP and AFLW2000: every kind of damage."""

import numpy as np
from scipy.io import savemat

POINTS = np.array([[60.0, 90.0, 75.0], [50.0, 55.0, 100.0]])
RADIANS = np.array([[-0.1, 0.5, 0.2, 1, 2, 3, 1e-3]])


def truncate(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


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
