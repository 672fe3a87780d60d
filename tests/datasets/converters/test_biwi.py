"""BIWI: real frames, every kind of damage, and the protocols' choice of boxes."""

import json

import cv2
import numpy as np
import pytest

from mmfsa.datasets.converters.biwi import (
    CROP,
    UNBOUNDED,
    choose_boxes,
    read_annotations,
)
from mmfsa.datasets.index import read_index
from mmfsa.inputs import InputSpec
from mmfsa.structures import Faces, matrix_to_pose, pose_to_matrix
from mmfsa.utils.depth import read_depth

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


def write_calibration(path, rotation, shift=(0, 0, 0)):
    intrinsics = [[517.679, 0, 320], [0, 517.1, 240.5], [0, 0, 1]]
    rows = [*intrinsics, np.zeros(4), *rotation, shift]
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


def test_depth_as_the_colour_camera_sees_it(converter, tmp_path):
    src = tmp_path / 'hpdb'
    stem = write_frame(src / '01', 3)
    rows, columns = np.indices((480, 640))
    raw = np.where(rows > 99, 900 + rows + columns // 2, 0).astype(np.int16)
    runs = np.int32([640, 480, 64000, 243200]).tobytes() + raw[100:].tobytes()
    write_frame(src / '01', 4)  # has no depth
    uncalibrated = write_frame(src / '02', 3)
    for each in (stem, uncalibrated):
        depth_of(each).write_bytes(runs)
    turn = pose_to_matrix([1, 0, 0])
    write_calibration(src / '01' / 'depth.cal', np.eye(3))
    write_calibration(src / '01' / 'rgb.cal', turn, shift=[-24, 6, -13])
    out = tmp_path / 'out'
    index, report = converter('biwi', src, out, '--align-depth')
    first, second = index['data_list']
    assert 'depth_path' not in second and 'camera' in second
    assert report['dropped']['missing rgb.cal'] == ['02/frame_00003_rgb.png']
    aligned = read_depth(src / first['depth_path'])
    assert (out / 'depth/01/frame_00003_depth.png').is_file()
    rows, columns = rows[100:].ravel(), columns[100:].ravel()
    rays = np.stack(
        [(columns - 320) / 517.679, (rows - 240.5) / 517.1, np.ones(len(rows))], axis=1
    )
    x, y, z = turn @ (rays * raw[rows, columns, None]).T + [[-24], [6], [-13]]
    u, v = np.rint(517.679 * x / z + 320), np.rint(517.1 * y / z + 240.5)
    inside = (u >= 0) & (u < 640) & (v >= 0) & (v < 480)
    seen = aligned[v[inside].astype(int), u[inside].astype(int)]
    assert inside.mean() > 0.9 and (seen <= np.rint(z[inside])).all()
    assert np.mean(seen == np.rint(z[inside])) > 0.9  # others are hidden
    plain, _ = converter('biwi', src, tmp_path / 'plain')
    own = np.array(plain['data_list'][0]['rotation'])
    np.testing.assert_allclose(first['rotation'], turn @ own, atol=1e-9)


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


HEADER = '#;image;tl_x;tl_y;br_x;br_y;yaw;pitch;roll;\n'


def annotation(number, box, yaw_off=0.0):
    """A row of biwi_ann.txt for a made-up frame: its yaw has the other sign."""
    yaw, pitch, roll = matrix_to_pose(ROTATION)
    image = f'kinect_head_pose_db/01/frame_{number:05d}_rgb.png'
    return ';'.join(map(str, [image, *box, -yaw + yaw_off, pitch, roll])) + '\n'


def test_annotations_give_boxes_and_are_checked(converter, tmp_path):
    """The box of a row is the crop; the detector's box follows from it."""
    src = tmp_path / 'hpdb'
    for number in (1, 2, 3, 4):
        write_frame(src / '01', number)
    path = tmp_path / 'biwi_ann.txt'
    path.write_text(
        HEADER
        + annotation(1, (260, 210, 440, 390))
        + annotation(2, (263, 204, 436, 399))
        + annotation(3, (262, 208, 437, 391), yaw_off=0.5)
        + annotation(9, (262, 208, 437, 391))
    )
    out = tmp_path / 'out'
    index, report = converter('biwi', src, out, '--boxes', str(path))
    metainfo = index['metainfo']
    assert (metainfo['box_source'], metainfo['box_kind']) == ('biwi_ann.txt', 'mtcnn')
    assert kept(index)['01/frame_00001_rgb.png']['face_box'] == [300, 250, 400, 350]
    spec = InputSpec(crop=dict(box='mtcnn', pad=0.4))
    crops = [spec.box(e['face_box'], (640, 480)) for e in index['data_list']]
    assert crops == [(260, 210, 440, 390), (263, 204, 436, 399)]
    assert report['dropped'] == {
        'another label beside the box': ['01/frame_00003_rgb.png'],
        'no face detected': ['01/frame_00004_rgb.png'],
        'missing image': ['01/frame_00009_rgb.png'],
    }
    second = json.loads((out / 'index_p2.json').read_text())
    boxes = [entry['face_box'] for entry in second['data_list']]
    assert len(boxes) == 3 and boxes[2] == boxes[1]


@pytest.mark.parametrize(
    ('row', 'message'),
    [
        ('01/frame_00001_rgb.png;1;2;3', r'line 3: an image, four numbers of a box'),
        ('01/frame_00001_rgb.png;1;2;3;4;5;6;x', r'line 3: .*could not convert'),
        ('01/frame_00001_rgb.png;1;2;3;4;5;6;nan', r'line 3: an image, four numbers'),
        ('01/frame_00001_rgb.png;5;2;3;4;5;6;7', r'line 3: the box \[5.* is empty'),
        ('01/image.png;1;2;3;4;5;6;7', r"line 3: '01/image\.png' is no frame"),
        ('01/frame_00002_rgb.png;1;2;3;4;5;6;7', r'line 3: 01/frame_00002.* already'),
    ],
)
def test_a_bad_row_of_annotations_is_named(row, message, converter, tmp_path):
    write_frame(tmp_path / 'hpdb/01', 1)
    path = tmp_path / 'ann.txt'
    path.write_text(HEADER + annotation(2, (260, 210, 440, 390)) + row + '\n')
    with pytest.raises(SystemExit, match=rf'ann\.txt, {message}'):
        converter('biwi', tmp_path / 'hpdb', tmp_path / 'out', '--boxes', str(path))


def test_annotations_without_a_row_are_refused(tmp_path):
    path = tmp_path / 'ann.txt'
    path.write_text(HEADER)
    with pytest.raises(ValueError, match=r'ann\.txt has no row'):
        read_annotations(path)


@pytest.fixture(scope='module')
def annotations(shared):
    """The real file and what is read of it."""
    path = shared / 'data/biwi_protocol1/biwi_ann.txt'
    return path, read_annotations(path)


@pytest.mark.slow
def test_the_real_annotations_are_protocol_1(annotations):
    """FSA-Net's number of frames; no box jumps; each crop is exact."""
    path, (boxes, _) = annotations
    assert len(boxes) == 13219
    found = {
        name: dict(candidates=box, size=(640, 480), sequence=name[:2])
        for name, box in sorted(boxes.items())
    }
    chosen = choose_boxes(found, 1)
    assert not any('dropped' in entry for entry in chosen.values())
    for line in path.read_text().splitlines()[1:]:
        image, *numbers = line.split(';')
        box = chosen['/'.join(image.split('/')[-2:])]['face_box']
        assert [*CROP.apply(box, UNBOUNDED)] == [float(v) for v in numbers[:4]]


@pytest.mark.slow
def test_real_frames_have_the_labels_of_the_annotations(
    annotations, shared, converter, tmp_path
):
    options = ['--boxes', str(annotations[0])]
    src = shared / 'data/biwi'
    index, report = converter('biwi', src, tmp_path / 'out', *options)
    assert len(index['data_list']) == 10
    assert {reason: len(names) for reason, names in report['dropped'].items()} == {
        'missing image': 13209
    }
