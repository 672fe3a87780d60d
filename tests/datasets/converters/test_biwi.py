"""BIWI: real frames, every kind of damage, and the protocols' choice of boxes."""

import json

import cv2
import numpy as np
import pytest

from mmfsa.datasets.index import read_index
from mmfsa.structures import Faces

ROTATION = cv2.Rodrigues(np.array([0.2, -0.4, 0.1]))[0]
CENTRE = np.array([20.0, -10.0, 900.0])


def write_frame(folder, number, matrix=ROTATION, centre=CENTRE):
    folder.mkdir(parents=True, exist_ok=True)
    stem = folder / f'frame_{number:05d}'
    cv2.imwrite(f'{stem}_rgb.png', np.full((480, 640, 3), 50, np.uint8))
    rows = [' '.join(map(str, row)) for row in matrix]
    text = '\n'.join([*rows, '', ' '.join(map(str, centre)), ''])
    (folder / f'{stem.name}_pose.txt').write_text(text)
    return stem


def write_depth(path, width=40, height=30):
    """Two runs in the data set's coding: some empty, then full, to the end."""
    values = np.arange(width * height - 700, dtype=np.int16)
    content = np.int32([width, height, 500, 100]).tobytes() + values[:100].tobytes()
    rest = np.int32([100, width * height - 700]).tobytes() + values.tobytes()
    path.write_bytes(content + rest)


def depth_of(stem):
    return stem.with_name(f'{stem.name}_depth.bin')


def write_calibration(path, rotation):
    intrinsics = [[517.679, 0, 320], [0, 517.1, 240.5], [0, 0, 1]]
    rows = [*intrinsics, np.zeros(4), *rotation, np.zeros(3)]
    text = '\n\n'.join(' '.join(map(str, row)) for row in rows)
    path.write_text(text + '\n\n640 480\n')


def kept(index):
    return {entry['img_path']: entry for entry in index['data_list']}


def published_angles(path):
    """Yaw, pitch, roll of a pose.txt, by the formula that came with FSA-Net."""
    R = np.loadtxt(path, max_rows=3).T
    roll = -np.degrees(np.arctan2(R[1, 0], R[0, 0]))
    yaw = -np.degrees(np.arctan2(-R[2, 0], np.hypot(R[2, 1], R[2, 2])))
    return [yaw, np.degrees(np.arctan2(R[2, 1], R[2, 2])), roll]


def test_real_frames(shared, run_tool, tmp_path):
    src = shared / 'data' / 'biwi'
    printed = run_tool('dataset_converters/biwi.py', src, '--out', tmp_path)
    assert 'found' in printed and 'index_p2.json' in printed
    metainfo, entries = read_index(tmp_path / 'index.json')
    assert (metainfo['num_found'], len(entries)) == (10, 10)
    assert (metainfo['box_source'], metainfo['box_kind']) == ('head centre', 'unnamed')
    index = json.loads((tmp_path / 'index.json').read_text())
    poses = {entry['img_path']: entry['pose'] for entry in entries}
    for name, entry in kept(index).items():
        labels = src / 'hpdb' / name.replace('_rgb.png', '_pose.txt')
        assert entry['rotation'] == np.loadtxt(labels, max_rows=3).tolist()
        assert not {'yaw', 'pitch', 'roll', 'camera', 'depth_path'} & set(entry)
        np.testing.assert_allclose(poses[name], published_angles(labels), atol=1e-3)
        assert (entry['sequence'], entry['subject']) == ('01', 'F01')
        # The face, from the brow to the chin, as it is seen in these frames.
        x1, y1, x2, y2 = entry['face_box']
        assert 300 < x1 < 325 and 375 < x2 < 395 and 195 < y1 < 220 and 300 < y2 < 325


def test_depth_and_camera(converter, tmp_path):
    src = tmp_path / 'hpdb'
    write_depth(depth_of(write_frame(src / '01', 3)))
    write_frame(src / '01', 4)
    write_calibration(src / '01' / 'rgb.cal', np.eye(3))
    write_frame(src / '02', 3)
    (src / '02' / 'rgb.cal').write_text('517.679 0 320')
    index, report = converter('biwi', src, tmp_path / 'out')
    first, second, third = index['data_list']
    assert first['depth_path'] == '01/frame_00003_depth.bin'
    assert (src / first['depth_path']).is_file()
    camera = dict(fx=517.679, fy=517.1, cx=320.0, cy=240.5)
    assert first['camera'] == second['camera'] == camera
    assert 'depth_path' not in second and 'camera' not in third
    notes = {'bad rgb.cal (not needed)': ['02/frame_00003_rgb.png']}
    assert report['kept_with_a_note'] == notes


def test_every_kind_of_damage_is_counted_and_named(converter, tmp_path):
    src = tmp_path / 'hpdb'
    good = write_frame(src / '01', 3)
    write_depth(depth_of(good))
    poseless = write_frame(src / '01', 4)
    poseless.with_name(poseless.name + '_pose.txt').unlink()
    short = write_frame(src / '01', 5)
    short.with_name(short.name + '_pose.txt').write_text('1 0 0\n0 1 0\n')
    write_frame(src / '01', 6, matrix=2 * ROTATION)
    write_frame(src / '01', 7, matrix=-ROTATION)
    write_frame(src / '01', 8, matrix=np.nan * ROTATION)
    write_frame(src / '01', 9, centre=-CENTRE)
    cut = write_frame(src / '02', 3)
    png = cut.with_name(cut.name + '_rgb.png')
    png.write_bytes(png.read_bytes()[:200])
    lonely = write_frame(src / '02', 4)
    lonely.with_name(lonely.name + '_rgb.png').unlink()
    write_frame(src / '31', 3)
    for number, size in ((5, 1223), (6, 3), (7, 19)):
        stem = write_frame(src / '02', number)
        depth = depth_of(stem)
        write_depth(depth)
        depth.write_bytes(depth.read_bytes()[:size])

    index, report = converter('biwi', src, tmp_path / 'out')
    assert report['dropped'] == {
        'missing pose.txt': ['01/frame_00004_rgb.png'],
        'bad pose.txt': [f'01/frame_0000{i}_rgb.png' for i in (5, 6, 7, 9)],
        'NaN label': ['01/frame_00008_rgb.png'],
        'unreadable image': ['02/frame_00003_rgb.png'],
        'missing image': ['02/frame_00004_pose.txt'],
        'not one of the 24 sequences': ['31/frame_00003_rgb.png'],
    }
    assert report['kept_with_a_note'] == {
        'truncated depth.bin (not needed)': [
            f'02/frame_0000{i}_rgb.png' for i in (5, 6, 7)
        ]
    }
    assert len(kept(index)) == 4
    assert index['data_list'][0]['frame'] == 3


def test_rgb_cal_is_applied_where_asked(converter, tmp_path):
    src = tmp_path / 'hpdb'
    write_frame(src / '01', 3, matrix=np.eye(3))
    write_frame(src / '02', 3)
    # A colour camera that is rolled by 30 degrees.
    rotation = cv2.Rodrigues(np.array([0, 0, np.pi / 6]))[0]
    write_calibration(src / '01' / 'rgb.cal', rotation)
    index, _ = converter('biwi', src, tmp_path / 'plain')
    assert index['data_list'][0]['rotation'] == np.eye(3).tolist()
    index, report = converter('biwi', src, tmp_path / 'turned', '--apply-rgb-cal')
    assert index['data_list'][0]['rotation'] == rotation.tolist()
    assert read_index(tmp_path / 'turned' / 'index.json')[1][0]['pose'] == (
        pytest.approx([0, 0, 30])
    )
    assert report['dropped'] == {'missing rgb.cal': ['02/frame_00003_rgb.png']}


@pytest.fixture
def sequence(tmp_path):
    """Frames 1 to 7 of sequence 01, 1 of sequence 02, and boxes for them."""
    for number in range(1, 8):
        write_frame(tmp_path / 'hpdb' / '01', number)
    write_frame(tmp_path / 'hpdb' / '02', 1)

    def at(x, y=250, score=0.99):
        return [x, y, x + 100, y + 100, score]

    boxes = {
        '01/frame_00001_rgb.png': [at(300)],
        # Of two, the one whose widened corner is nearer to (427, 320).
        '01/frame_00002_rgb.png': [at(100), at(310.7), at(500, 100)],
        '01/frame_00003_rgb.png': [at(390)],  # 80 px from frame 2
        '01/frame_00004_rgb.png': [at(389)],  # 79 px from frame 2
        '01/frame_00005_rgb.png': [at(395, score=0.92), at(380, score=0.90)],
        '01/frame_00006_rgb.png': [],
        '02/frame_00001_rgb.png': [at(100)],  # far away, but another sequence
    }
    path = tmp_path / 'boxes.json'
    path.write_text(json.dumps(boxes))
    return tmp_path


def test_protocols_choose_boxes(converter, sequence):
    out = sequence / 'out'
    options = ['--boxes', str(sequence / 'boxes.json')]
    index, report = converter('biwi', sequence / 'hpdb', out, *options)
    assert index['metainfo']['box_source'] == 'boxes.json'
    assert {n: e['face_box'][0] for n, e in kept(index).items()} == {
        '01/frame_00001_rgb.png': 300,
        '01/frame_00002_rgb.png': 310,
        '01/frame_00004_rgb.png': 389,
        '01/frame_00005_rgb.png': 395,
        '02/frame_00001_rgb.png': 100,
    }
    assert report['dropped'] == {
        'box jumps by 80 px or more': ['01/frame_00003_rgb.png'],
        'no face detected': ['01/frame_00006_rgb.png', '01/frame_00007_rgb.png'],
    }
    assert not {'candidates', 'size'} & set(index['data_list'][0])

    second = json.loads((out / 'index_p2.json').read_text())
    assert {n: e['face_box'][0] for n, e in kept(second).items()} == {
        '01/frame_00001_rgb.png': 300,
        '01/frame_00002_rgb.png': 310,
        '01/frame_00003_rgb.png': 310,
        '01/frame_00004_rgb.png': 389,
        '01/frame_00005_rgb.png': 389,  # 0.92 is not enough
        '01/frame_00006_rgb.png': 389,
        '01/frame_00007_rgb.png': 389,
        '02/frame_00001_rgb.png': 100,
    }
    report = json.loads((out / 'report_p2.json').read_text())
    assert report['kept_with_a_note'][
        'box jumps by 80 px or more: box of the frame before'
    ]['items'] == ['01/frame_00003_rgb.png']


def test_detector(converter, sequence, monkeypatch):
    class Mine:
        kind = 'mtcnn'

        def __call__(self, img):
            assert img.shape == (480, 640, 3)
            return Faces([[300, 200, 400, 320]], self.kind, np.array([0.97]))

    monkeypatch.setattr(
        'mmfsa.datasets.converters.biwi.build_detector', {'mine': Mine()}.get
    )
    out = sequence / 'out'
    index, _ = converter('biwi', sequence / 'hpdb', out, '--detector', 'mine')
    assert {tuple(e['face_box']) for e in index['data_list']} == {(300, 200, 400, 320)}
    metainfo = index['metainfo']
    assert (metainfo['box_source'], metainfo['box_kind']) == ('mine', 'mtcnn')

    again = ['--boxes', str(out / 'boxes.json')]
    other, _ = converter('biwi', sequence / 'hpdb', sequence / 'again', *again)
    assert other['data_list'] == index['data_list']


def test_unknown_detector_is_named(converter, sequence):
    with pytest.raises(SystemExit, match='nobody'):
        converter('biwi', sequence / 'hpdb', sequence / 'out', '--detector', 'nobody')


def test_bad_boxes_are_named(converter, sequence):
    path = sequence / 'boxes.json'
    path.write_text(json.dumps({'01/frame_00001_rgb.png': [[1, 2, 3, 4]]}))
    with pytest.raises(SystemExit, match=r'boxes\.json: 01/frame_00001_rgb\.png'):
        converter('biwi', sequence / 'hpdb', sequence / 'out', '--boxes', str(path))
