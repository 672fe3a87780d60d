"""AFLW2000: real samples, and the boxes of a face."""

import numpy as np
import pytest

from mmfsa.datasets import HeadPoseDataset
from mmfsa.datasets.index import read_index

POINTS = np.array([[60.0, 90.0, 75.0], [50.0, 55.0, 100.0]])


@pytest.fixture(scope='module')
def real(shared, run_tool, tmp_path_factory):
    """The index of the real faces, by the tool."""
    out = tmp_path_factory.mktemp('data') / 'aflw2000'
    source = shared / 'data' / 'AFLW2000'
    printed = run_tool('dataset_converters/aflw2000.py', source, '--out', out)
    assert 'angle beyond ±180' in printed
    return out


def test_real_aflw2000(real):
    metainfo, entries = read_index(real / 'index.json')
    assert metainfo['num_found'] == 500
    # Two labels are no angles; the paper's filter drops them too.
    assert metainfo['num_dropped'] == {'angle beyond ±180': 2}
    assert len(entries) == 498
    dataset = HeadPoseDataset(
        data_root=str(real),
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


def test_the_boxes_of_real_faces(real):
    _, entries = read_index(real / 'index.json')
    boxes = np.array([[*e['boxes'].values()] for e in entries])
    assert [*entries[0]['boxes']] == ['visible', 'pt2d_raw', 'landmarks68']
    visible, raw, whole = boxes.swapaxes(0, 1)
    # Most faces have a landmark that is not seen: it is written as x = −1, y = 452.
    hidden = raw[:, 0] == -1
    assert hidden.sum() == 425
    assert (raw[hidden, 3] == 452).all()
    assert (raw[hidden, 2] - visible[hidden, 2] < 1).all()
    assert (np.abs(raw - visible)[~hidden] < 1).all()
    # With the ears and the far side of the jaw, faces are wider.
    (width, height), (seen_width, seen_height) = (
        (box[:, 2:] - box[:, :2]).T for box in (whole, visible)
    )
    assert np.median(width / seen_width) == pytest.approx(1.1, abs=0.02)
    assert np.median(height / seen_height) == pytest.approx(1.02, abs=0.02)
    for entry in entries:
        points, box = entry['landmarks'], entry['boxes']['landmarks68']
        around = [*points.min(axis=0), *points.max(axis=0)]
        assert box == pytest.approx(around, abs=0.006)


def test_entry_of_a_face(converter, write_face, tmp_path):
    hidden = np.hstack([POINTS, [[-1.0], [40.0]]])
    write_face(tmp_path / 'src', 'image1', points=hidden)
    index, _ = converter('aflw2000', tmp_path / 'src', tmp_path / 'out')
    (entry,) = index['data_list']
    assert entry.pop('img_path') == 'image1.jpg'
    # The mask by x is the smaller one: the point at x = −1 is not counted.
    assert entry.pop('face_box') == [60, 50, 90, 100]
    assert entry.pop('boxes') == {'pt2d_raw': [-1, 40, 90, 100]}
    degrees = np.degrees([0.5, -0.1, 0.2])
    np.testing.assert_allclose([*entry.values()], degrees, atol=1e-6)
    metainfo = index['metainfo']
    assert metainfo['img_root'] == '../src'
    assert (metainfo['format_version'], metainfo['box_kind']) == (2, 'visible')


def test_all_landmarks_have_a_box_that_is_not_truncated(
    converter, write_face, tmp_path
):
    points = np.random.RandomState(0).uniform(-20, 130, (3, 68))
    write_face(tmp_path / 'src', 'image1', pt3d_68=points)
    write_face(tmp_path / 'src', 'image2', pt3d_68=points * np.nan)
    write_face(tmp_path / 'src', 'image3', pt3d_68=points[:, :60])
    index, report = converter('aflw2000', tmp_path / 'src', tmp_path / 'out')
    first, *others = index['data_list']
    box = [*points[:2].min(axis=1), *points[:2].max(axis=1)]
    raw = {'pt2d_raw': [60, 50, 90, 100]}
    assert first['boxes'] == raw | {'landmarks68': box}
    np.testing.assert_allclose(first['landmarks'], points[:2].T, atol=0.005)
    assert all(entry['boxes'] == raw for entry in others)
    assert not any('landmarks' in entry for entry in others)
    assert report['kept'] == 3 and not report['kept_with_a_note']
