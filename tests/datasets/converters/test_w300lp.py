"""300W-LP: real samples, and where the 68 landmarks of a rendering come from."""

import json

import numpy as np
import pytest
from scipy.io import loadmat, savemat

from mmfsa.datasets.converters.w300lp import MIRRORED, mirrored

NAME = 'AFW_134212_1_0'


def test_real_300wlp(shared, run_tool, tmp_path):
    source = shared / 'data' / '300W_LP'
    out = tmp_path / 'out'
    run_tool('dataset_converters/300wlp.py', source, '--out', out)
    index, report = (
        json.loads((out / file).read_text()) for file in ('index.json', 'report.json')
    )
    assert (report['found'], report['kept']) == (9, 9)
    faces = {entry['img_path']: entry for entry in index['data_list']}
    face = faces[f'AFW/{NAME}.jpg']
    # The authors' own example of this file's angles.
    assert face['pitch'] == pytest.approx(-18.200389, abs=1e-5)
    assert face['yaw'] == pytest.approx(26.867261, abs=1e-5)
    assert face['roll'] == pytest.approx(-8.615160, abs=1e-5)
    flipped = faces[f'AFW_Flip/{NAME}.jpg']
    assert face['sequence'] == flipped['sequence'] == 'AFW_134212_1'
    assert (out / 'angles.png').stat().st_size > 5000
    root = out / index['metainfo']['img_root']
    assert all((root / name).is_file() for name in faces)
    # Without the folder of landmarks: the photograph's points give the box, only.
    assert face['face_box'] == [137, 224, 316, 374]
    assert face['boxes']['landmarks68'] == pytest.approx(
        [137.366, 224.197, 316.601, 374.965], abs=1e-3
    )
    assert 'landmarks' not in face


def test_the_folder_of_landmarks_is_that_of_the_rendering(
    converter, write_face, tmp_path
):
    src = tmp_path / 'src'
    photograph, rendering = np.random.RandomState(0).uniform(5, 95, (2, 68, 2))
    for folder in ('AFW', 'AFW_Flip'):
        write_face(src / folder, NAME, points=photograph.T)
    (src / 'landmarks' / 'AFW').mkdir(parents=True)
    savemat(src / 'landmarks' / 'AFW' / f'{NAME}_pts.mat', {'pts_3d': rendering})
    index, _ = converter('300wlp', src, tmp_path / 'out')
    face, flipped = index['data_list']
    box = [*rendering.min(axis=0), *rendering.max(axis=0)]
    assert face['boxes'] == {'landmarks68': box}
    np.testing.assert_allclose(face['landmarks'], rendering, atol=0.005)
    x1, y1, x2, y2 = box
    assert flipped['boxes']['landmarks68'] == pytest.approx(
        [151 - x2, y1, 151 - x1, y2]
    )
    # The jaw begins where it ended, and the left eye's outer corner is the right one's.
    for one, other in ((0, 16), (36, 45), (60, 64), (8, 8)):
        x, y = rendering[one]
        assert flipped['landmarks'][other] == pytest.approx([151 - x, y], abs=0.006)


def test_damaged_landmarks_are_counted(converter, write_face, tmp_path):
    src = tmp_path / 'src'
    write_face(src / 'AFW', NAME)
    write_face(src / 'AFW', 'AFW_1_0')
    (src / 'landmarks' / 'AFW').mkdir(parents=True)
    (src / 'landmarks' / 'AFW' / f'{NAME}_pts.mat').write_bytes(b'garbage' * 50)
    _, report = converter('300wlp', src, tmp_path / 'out')
    assert report['dropped'] == {'unreadable .mat': [f'AFW/{NAME}.jpg']}


def test_mirrored_points_lie_where_the_data_set_has_them(shared):
    """It mirrors the places, but leaves their order."""
    folder = shared / 'data' / '300W_LP'
    points, flipped = (
        loadmat(folder / name / f'{NAME}.mat')['pt2d'].T for name in ('AFW', 'AFW_Flip')
    )
    np.testing.assert_allclose(mirrored(points, 450)[MIRRORED], flipped, atol=1e-9)


def test_it_needs_its_folders(converter, write_face, tmp_path):
    write_face(tmp_path / 'src', 'image1')
    with pytest.raises(SystemExit) as error:
        converter('300wlp', tmp_path / 'src', tmp_path / 'out')
    assert 'AFW' in str(error.value)
